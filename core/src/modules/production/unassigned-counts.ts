import type { UnassignedCount } from "@millwright/contracts/api";
import { Decimal, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import type { Pieces } from "./domain/work-order.ts";
import { instantOf } from "./instant.ts";
import { bookCounts } from "./store/shop-floor.ts";

/** A stretch of a machine's time, whole minutes [from, to). */
export type Stretch = { workUnitId: string; from: string; to: string };

/** Pieces nobody could take, by machine, reason and hour of source time, newest first. */
export async function readUnassignedCounts(
  tx: Transaction,
  equipment: Equipment,
  reason: UnassignedCount["reason"] | undefined,
): Promise<UnassignedCount[]> {
  type Row = {
    workUnitId: string;
    reason: UnassignedCount["reason"];
    good: string;
    scrap: string;
    from: Date;
    to: Date;
  };
  const { rows } = await sql<Row>`
    select work_unit_id as "workUnitId", reason, sum(good)::text as good, sum(scrap)::text as scrap,
           min(minute) as "from", max(minute) + interval '1 minute' as "to"
      from production.unassigned_count
     where (good <> 0 or scrap <> 0)
       and (${reason ?? null}::text is null or reason = ${reason ?? null})
     group by work_unit_id, reason, date_bin('1 hour', minute, timestamptz '2000-01-01Z')
    having sum(good) <> 0 or sum(scrap) <> 0
     order by min(minute) desc
     limit ${rowsMax}`.execute(tx.over());
  const units = await equipment.workUnits(
    tx,
    rows.map(({ workUnitId }) => workUnitId),
  );
  const known = new Map(units.map((unit) => [unit.workUnitId, unit]));
  return rows.map((row) => ({
    ...row,
    workUnitName: known.get(row.workUnitId)?.name ?? "",
    workCenterId: known.get(row.workUnitId)?.workCenterId ?? row.workUnitId,
    good: toQuantity(row.good),
    scrap: toQuantity(row.scrap),
    from: row.from.toISOString(),
    to: row.to.toISOString(),
  }));
}

const rowsMax = 500;

/**
 * Gives everything unassigned in a stretch to one operation, as a correction of the order: sent = stored
 * = assigned + unassigned holds before and after.
 * @throws Refusal unassigned_count.none · work_order.unknown · operation.unknown · operation.not_open
 */
export async function assignToOrder(
  tx: Transaction,
  asked: Stretch & { workOrderId: string; step: number },
  by: By,
): Promise<void> {
  const { workOrderId, step } = asked;
  const taken = await takeOut(tx, asked);
  await bookCounts(
    tx,
    taken.map(({ minute, pieces }) => ({
      workUnitId: asked.workUnitId,
      minute,
      destination: { kind: "operation", workOrderId, step },
      pieces,
    })),
  );
  const reason = `Counted without an order from ${asked.from} to ${asked.to}`;
  const command = {
    kind: "correct",
    step,
    ...sumOf(taken),
    reason,
    at: instantOf(by.now),
  } as const;
  await changeWorkOrder(tx, workOrderId, command, by);
}

/** Says that pieces are nobody's; they stay counted. @throws Refusal unassigned_count.none */
export async function dismissCounts(
  tx: Transaction,
  asked: Stretch & { note: string },
  by: By,
): Promise<Pieces> {
  const taken = await takeOut(tx, asked);
  await bookCounts(
    tx,
    taken.map(({ minute, pieces }) => ({
      workUnitId: asked.workUnitId,
      minute,
      destination: { kind: "unassigned", reason: "dismissed" },
      pieces,
    })),
  );
  const { good, scrap } = sumOf(taken);
  const { from, to, note } = asked;
  recordChange(tx, {
    objectType: "unassigned_count",
    objectId: asked.workUnitId,
    label: `${from} – ${to}`,
    before: null,
    after: { good: good.toFixed(), scrap: scrap.toFixed(), from, to, note },
    by: by.actor,
  });
  return { good, scrap };
}

type Taken = { minute: number; pieces: Pieces };

/** Takes the open pieces of a stretch out of the books, minute by minute, and gives them to the caller. */
async function takeOut(tx: Transaction, asked: Stretch): Promise<Taken[]> {
  type Row = { minute: Date; reason: "no_operation" | "order_closed"; good: string; scrap: string };
  const { rows } = await sql<Row>`
    select minute, reason, good::text, scrap::text
      from production.unassigned_count
     where work_unit_id = ${asked.workUnitId}
       and minute >= ${asked.from}
       and minute < ${asked.to}
       and reason <> 'dismissed'
       and (good <> 0 or scrap <> 0)
     order by minute, reason
       for update`.execute(tx.over());
  if (rows.length === 0) {
    throw new Refusal(
      "unassigned_count.none",
      "There are no unassigned pieces of this machine in this time (any more): look again.",
    );
  }
  const taken = rows.map((row) => ({
    minute: row.minute.getTime(),
    reason: row.reason,
    pieces: { good: new Decimal(row.good), scrap: new Decimal(row.scrap) },
  }));
  await bookCounts(
    tx,
    taken.map(({ minute, reason, pieces }) => ({
      workUnitId: asked.workUnitId,
      minute,
      destination: { kind: "unassigned", reason },
      pieces: { good: pieces.good.negated(), scrap: pieces.scrap.negated() },
    })),
  );
  return taken;
}

function sumOf(taken: readonly Taken[]): Pieces {
  return taken.reduce(
    (sum, { pieces }) => ({
      good: sum.good.plus(pieces.good),
      scrap: sum.scrap.plus(pieces.scrap),
    }),
    { good: new Decimal(0), scrap: new Decimal(0) },
  );
}
