import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { changedMeanwhile } from "../../platform/http/if-match.ts";
import { readDepartments } from "./people-queries.ts";

export type AskedDepartment = { name: string; parentId: string | null; siteId: string | null };

/** @throws Refusal department.exists · department.unknown · site.unknown · department.too_many */
export async function createDepartment(
  tx: Transaction,
  { actor }: Pick<Caller, "actor">,
  asked: AskedDepartment & { departmentId: string },
): Promise<void> {
  const { departmentId, ...after } = asked;
  const known = await lockDepartments(tx);
  if (known.length >= departmentsMax) {
    throw new Refusal("department.too_many", `There are ${departmentsMax} departments already.`);
  }
  await refuseMisfit(tx, known, asked);
  await sql`
    insert into identity.department (department_id, tenant_id, name, parent_id, site_id)
    values (${departmentId}, ${tx.tenantId}, ${asked.name}, ${asked.parentId}, ${asked.siteId})`.execute(
    tx.over(),
  );
  const label = asked.name;
  const change = { objectType: "department", objectId: departmentId, label, before: null };
  recordChange(tx, { ...change, after, by: actor });
}

/** @throws Refusal department.cycle · record.changed_meanwhile, and those of createDepartment */
export async function changeDepartment(
  tx: Transaction,
  { actor }: Pick<Caller, "actor">,
  asked: AskedDepartment & { departmentId: string; version: number },
): Promise<void> {
  const { departmentId, version, ...after } = asked;
  const known = await lockDepartments(tx);
  const found = known.find((each) => each.departmentId === departmentId);
  if (found === undefined) throw unknownDepartment(departmentId);
  await refuseMisfit(tx, known, asked);
  if (isBelow(known, asked.parentId, departmentId)) {
    throw new Refusal("department.cycle", `${asked.name} cannot lie below itself.`);
  }
  const { rows } = await sql`
    update identity.department
       set name = ${asked.name}, parent_id = ${asked.parentId}, site_id = ${asked.siteId},
           version = version + 1
     where department_id = ${departmentId}
       and version = ${version}
    returning department_id`.execute(tx.over());
  if (rows.length === 0) throw changedMeanwhile(found.version, version);
  const { name, parentId, siteId } = found;
  recordChange(tx, {
    objectType: "department",
    objectId: departmentId,
    label: asked.name,
    before: { name, parentId, siteId },
    after,
    by: actor,
  });
}

type Known = Awaited<ReturnType<typeof readDepartments>>;

/** As read under a lock: two changes at once cannot close a circle together. */
async function lockDepartments(tx: Transaction): Promise<Known> {
  await sql`select from identity.tenant for update`.execute(tx.over());
  return readDepartments(tx);
}

async function refuseMisfit(
  tx: Transaction,
  known: Known,
  asked: AskedDepartment & { departmentId: string },
): Promise<void> {
  const isTaken = known.some(
    ({ departmentId, name }) => name === asked.name && departmentId !== asked.departmentId,
  );
  if (isTaken) throw new Refusal("department.exists", `There is a department ${asked.name}.`);
  if (asked.parentId !== null && !known.some((each) => each.departmentId === asked.parentId)) {
    throw unknownDepartment(asked.parentId);
  }
  if (asked.siteId === null) return;
  const { rows } = await sql`
    select from identity.site where site_id = ${asked.siteId}`.execute(tx.over());
  if (rows.length === 0) {
    throw new Refusal("site.unknown", `There is no site ${asked.siteId}.`, { kind: "absent" });
  }
}

function isBelow(known: Known, from: string | null, departmentId: string): boolean {
  const parents = new Map(known.map((each) => [each.departmentId, each.parentId]));
  const seen = new Set<string>();
  for (let each = from; each !== null && !seen.has(each); each = parents.get(each) ?? null) {
    if (each === departmentId) return true;
    seen.add(each);
  }
  return false;
}

/** @throws Refusal department.unknown */
export async function refuseUnknownDepartment(
  tx: Transaction,
  departmentId: string | null,
): Promise<void> {
  if (departmentId === null || (await readDepartments(tx, departmentId)).length > 0) return;
  throw unknownDepartment(departmentId);
}

function unknownDepartment(departmentId: string): Refusal {
  return new Refusal("department.unknown", `There is no department ${departmentId}.`, {
    kind: "absent",
  });
}

// The list is one answer.
const departmentsMax = 1_000;
