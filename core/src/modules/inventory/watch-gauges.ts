import { gaugeRoles } from "@millwright/contracts/states";
import { Decimal, type TenantId } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { DueLoop } from "../../platform/due-loop.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import { confirmProposal, type Decider } from "./decide-proposal.ts";
import { measure, propose, type Proposed } from "./domain/gauge.ts";
import { lockGauges, readGauges, saveMemories, type StoredGauge } from "./store/gauges.ts";
import {
  lapseProposals,
  type NewProposal,
  readProposals,
  saveOpenProposals,
} from "./store/proposals.ts";

type Deps = {
  platform: Pick<Platform, "db" | "clock" | "log">;
  equipment: Equipment;
  engineering: Engineering;
  tenantIds: (atMost: number) => Promise<readonly TenantId[]>;
};

/**
 * Compares what gauges measure with the books once a minute until disposed, and proposes. Several
 * processes may: a gauge has one open proposal of a kind.
 */
export function gaugeWatch(deps: Deps): DueLoop {
  const { log } = deps.platform;
  return new DueLoop({
    name: "gauges",
    everyMs: 60_000,
    log,
    work: async (signal) => {
      for (const tenantId of await deps.tenantIds(tenantsMax)) {
        if (signal.aborted) break;
        await watchTenantGauges(deps, tenantId).catch((error: unknown) =>
          log.warn({ err: error, tenantId }, "gauges of a company cannot be watched"),
        );
      }
      return false;
    },
  });
}

/** One look at the gauges of a company. */
export async function watchTenantGauges(
  deps: Omit<Deps, "tenantIds">,
  tenantId: TenantId,
): Promise<void> {
  const { db, clock, log } = deps.platform;
  const forRule = await db.inTenant(tenantId, (tx) => proposeAll(tx, deps));
  const rule: Decider = {
    actor: { kind: "system", id: "inventory.gauges" },
    name: "rule",
    now: clock.now(),
  };
  const posting = { engineering: deps.engineering, newId: () => newId(deps.platform) };
  for (const asked of forRule) {
    // Each in a transaction of its own: what one bin refuses is no reason for the others to wait.
    await db
      .inTenant(tenantId, (tx) => confirmProposal(tx, posting, asked, rule))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        // It stays open, and a person who confirms it reads the same refusal.
        log.info({ tenantId, ...asked, code: error.code }, "a rule cannot confirm a proposal");
      });
  }
}

type ForRule = { proposalId: string; difference: string };

/** Brings the proposals of all gauges up to date; gives those that a rule confirms. */
async function proposeAll(tx: Transaction, deps: Omit<Deps, "tenantIds">): Promise<ForRule[]> {
  const now = deps.platform.clock.now();
  const found = await readGauges(tx, { isActive: true, after: "", limit: 1 });
  if (found.length === 0) return [];
  await lockGauges(tx, null);
  const gauges = await readGauges(tx, { isActive: true, after: "", limit: gaugesMax });
  const workUnitIds = [...new Set(gauges.map(({ workUnitId }) => workUnitId))];
  const readings = await deps.equipment.readings(tx, workUnitIds, gaugeRoles);

  const open: NewProposal[] = [];
  const lapsed: Parameters<typeof lapseProposals>[1][number][] = [];
  const memories: Parameters<typeof saveMemories>[1][number][] = [];
  for (const gauge of gauges) {
    const says = measure(gauge, readings, { ...gauge, now });
    // Nobody can tell: what is open stays open.
    if (says.finding !== "measured") continue;
    const { gaugeId } = gauge;
    const proposed = propose(gauge, says.measured, gauge.expected);
    for (const kind of ["adjustment", "refill"] as const) {
      const difference = proposed[kind];
      if (difference === null) lapsed.push({ gaugeId, kind });
      else open.push(proposalOf(deps, gauge, { ...says, kind, difference }));
    }
    memories.push({ gaugeId, ...memoryOf(proposed) });
  }
  await lapseProposals(tx, lapsed, now);
  await saveOpenProposals(tx, open);
  await saveMemories(tx, memories);
  return forRules(tx, gauges);
}

function proposalOf(
  { platform }: Pick<Deps, "platform">,
  { gaugeId, locationId, itemId, expected }: StoredGauge,
  {
    kind,
    difference,
    measured,
    sourceTime,
  }: { kind: "adjustment" | "refill"; difference: Decimal; measured: Decimal; sourceTime: string },
): NewProposal {
  return {
    proposalId: newId(platform),
    gaugeId,
    kind,
    locationId,
    itemId,
    expected,
    measured: measured.toFixed(),
    difference: difference.toFixed(),
    sourceTime,
  };
}

function memoryOf({ memory }: Proposed) {
  const { rejectedDifference, isRefillDecided } = memory;
  return { rejectedDifference: rejectedDifference?.toFixed() ?? null, isRefillDecided };
}

async function forRules(tx: Transaction, gauges: readonly StoredGauge[]): Promise<ForRule[]> {
  const byId = new Map(gauges.map((gauge) => [gauge.gaugeId, gauge]));
  const open = await readProposals(tx, { state: "proposed", before: null, limit: 2 * gaugesMax });
  return open.filter(({ gaugeId, kind, difference }) => {
    const gauge = byId.get(gaugeId);
    if (gauge === undefined) return false;
    if (kind === "refill") return gauge.isRefillAutomatic;
    const { autoConfirmUpTo } = gauge;
    return autoConfirmUpTo !== null && new Decimal(difference).abs().lte(autoConfirmUpTo);
  });
}

const tenantsMax = 1000;
// Above what a plant has; the readings of one work unit are bounded by equipment.
const gaugesMax = 500;
