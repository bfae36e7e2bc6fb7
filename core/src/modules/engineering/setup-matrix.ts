import type { SetupMatrix } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";

/** Families by name and the minutes between them; version 0 before the first was saved. */
export async function readSetupMatrix(tx: Transaction): Promise<SetupMatrix> {
  const { rows } = await sql<SetupMatrix>`
    select coalesce((select version from engineering.setup_matrix), 0) as version,
           (select coalesce(jsonb_agg(jsonb_build_object('setupFamilyId', setup_family_id, 'name', name)
                                      order by name), '[]')
              from engineering.setup_family) as families,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'workCenterId', work_center_id, 'fromFamilyId', from_family_id,
                     'toFamilyId', to_family_id, 'minutes', minutes)
                     order by work_center_id nulls first, from_family_id, to_family_id), '[]')
              from engineering.setup_time) as setups`.execute(tx.over());
  const [matrix] = rows;
  return matrix ?? { version: 0, families: [], setups: [] };
}

/**
 * Replaces families and minutes as one. A family that operations use stays.
 * @throws Refusal record.changed_meanwhile · setup_family.unknown · setup_family.in_use ·
 *   setup_matrix.entry_twice
 */
export async function replaceSetupMatrix(
  tx: Transaction,
  asked: { matrix: Omit<SetupMatrix, "version">; version: number },
  by: Actor,
): Promise<SetupMatrix> {
  const { matrix } = asked;
  const before = await readSetupMatrix(tx);
  checkEntries(matrix);
  await saveVersion(tx, asked.version, before.version);
  await refuseUsedFamilies(tx, matrix);
  await sql`delete from engineering.setup_time`.execute(tx.over());
  await sql`
    delete from engineering.setup_family
     where setup_family_id <> all (${matrix.families.map((family) => family.setupFamilyId)}::uuid[])`.execute(
    tx.over(),
  );
  await sql`
    insert into engineering.setup_family (tenant_id, setup_family_id, name)
    select ${tx.tenantId}, "setupFamilyId", name
      from jsonb_to_recordset(${JSON.stringify(matrix.families)}::jsonb) as ("setupFamilyId" uuid, name text)
    on conflict (tenant_id, setup_family_id) do update set name = excluded.name`.execute(tx.over());
  await sql`
    insert into engineering.setup_time (tenant_id, work_center_id, from_family_id, to_family_id, minutes)
    select ${tx.tenantId}, "workCenterId", "fromFamilyId", "toFamilyId", minutes
      from jsonb_to_recordset(${JSON.stringify(matrix.setups)}::jsonb)
        as ("workCenterId" uuid, "fromFamilyId" uuid, "toFamilyId" uuid, minutes numeric)`.execute(
    tx.over(),
  );
  const after = await readSetupMatrix(tx);
  recordChange(tx, {
    objectType: "setup_matrix",
    objectId: tx.tenantId,
    label: "Setup matrix",
    before: before.version === 0 ? null : asRead(before),
    after: asRead(after),
    by,
  });
  return after;
}

/** Twenty thousand minutes would fill the trail with what nobody reads. */
function asRead({ families, setups }: SetupMatrix) {
  return { families, setups: setups.length };
}

/** One row per company is the lock and the version of the whole. */
async function saveVersion(tx: Transaction, asked: number, current: number): Promise<void> {
  requireVersion(current, asked);
  const { rows } = await sql<{ version: number }>`
    insert into engineering.setup_matrix (tenant_id, version) values (${tx.tenantId}, 1)
    on conflict (tenant_id) do update set version = setup_matrix.version + 1
    returning version`.execute(tx.over());
  // Somebody may have saved between our reading and the lock that the upsert took.
  requireVersion((rows[0]?.version ?? 0) - 1, asked);
}

function checkEntries({ families, setups }: Omit<SetupMatrix, "version">): void {
  const known = new Set(families.map(({ setupFamilyId }) => setupFamilyId));
  const seen = new Set<string>();
  for (const { workCenterId, fromFamilyId, toFamilyId } of setups) {
    const lost = [fromFamilyId, toFamilyId].find((family) => !known.has(family));
    if (lost !== undefined) {
      throw invalid("setup_family.unknown", `An entry names family ${lost}, which is not there.`);
    }
    const key = `${workCenterId ?? ""} ${fromFamilyId} ${toFamilyId}`;
    if (seen.has(key)) {
      throw invalid(
        "setup_matrix.entry_twice",
        "Two entries say the same change-over differently.",
      );
    }
    seen.add(key);
  }
}

async function refuseUsedFamilies(
  tx: Transaction,
  { families }: Omit<SetupMatrix, "version">,
): Promise<void> {
  const kept = families.map(({ setupFamilyId }) => setupFamilyId);
  const { rows } = await sql<{ family: string; item: string }>`
    select f.name as family, i.number as item
      from engineering.routing_operation o
      join engineering.setup_family f using (tenant_id, setup_family_id)
      join engineering.item i using (item_id)
     where o.setup_family_id <> all (${kept}::uuid[])
     limit 1`.execute(tx.over());
  const [use] = rows;
  if (use === undefined) return;
  throw new Refusal(
    "setup_family.in_use",
    `Operations of ${use.item} are of family ${use.family}: change them first.`,
  );
}

function invalid(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
