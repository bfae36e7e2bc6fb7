import type { TenantId } from "@millwright/contracts/units";

import { DueLoop } from "../due-loop.ts";
import type { Log } from "../observe/log.ts";
import type { LiveHub, Viewer } from "./live.ts";

/** Tells which of a company's viewers may still look, without that counting as use. */
export type AreOpen = (
  tenantId: TenantId,
  viewers: readonly Viewer[],
) => Promise<(viewer: Viewer) => boolean>;

type StreamCheck = { hub: LiveHub; areOpen: AreOpen; log: Log };

/**
 * Asks again and again whether who listens to a live stream may still do so, and ends the streams of the
 * others. What somebody does to a session ends its stream at once, by an event; this finds what nobody
 * does: a session that idled out, a key that expired, and what a lost notice left behind. One question
 * per company and turn, none while nobody listens.
 */
export function checkStreams(
  deps: StreamCheck,
  { everyMs = checkMs }: { everyMs?: number | undefined } = {},
): DueLoop {
  const work = async () => {
    await endClosed(deps);
    return false;
  };
  return new DueLoop({ name: "live streams", work, everyMs, log: deps.log });
}

async function endClosed({ hub, areOpen, log }: StreamCheck): Promise<void> {
  for (const [tenantId, viewers] of Map.groupBy(hub.viewers(), (viewer) => viewer.tenantId)) {
    try {
      const isOpen = await areOpen(tenantId, viewers);
      // Only those that were asked about: who came meanwhile was just let in.
      const ended = new Set(viewers.filter((viewer) => !isOpen(viewer)));
      if (ended.size > 0) hub.end((viewer) => ended.has(viewer));
    } catch (error) {
      // Of one company; the others are asked about all the same.
      log.warn({ err: error, tenantId }, "live streams could not be checked; the next turn will");
    }
  }
}

// How long a stream may outlive its session at most; idle ends are counted in days.
const checkMs = 30_000;
