import {
  type LotCommand,
  lotCommands,
  type LotStatus,
  lotTransitions,
  Refusal,
} from "@millwright/contracts/states";

export type Lot = {
  lotId: string;
  itemId: string;
  number: string;
  status: LotStatus;
  expiresTime: Date | null;
};

/**
 * Stock of good quality may be used: it is released and not expired.
 * @throws Refusal lot.in_quarantine · lot.blocked · lot.expired
 */
export function checkUsable(lot: Lot, now: Date): void {
  if (lot.status === "quarantine") {
    throw new Refusal(
      "lot.in_quarantine",
      `Lot ${lot.number} is in quarantine. Release it first, or take another lot.`,
      { current: lot.status, allowed: ["released"] },
    );
  }
  if (lot.status === "blocked") {
    throw new Refusal(
      "lot.blocked",
      `Lot ${lot.number} is blocked. Have quality release it, or take another lot.`,
      { current: lot.status, allowed: ["released"] },
    );
  }
  if (isExpired(lot, now)) {
    throw new Refusal(
      "lot.expired",
      `Lot ${lot.number} expired at ${lot.expiresTime?.toISOString() ?? ""}. Take another lot, or move this one to scrap.`,
    );
  }
}

export function isExpired(lot: Pick<Lot, "expiresTime">, now: Date): boolean {
  return lot.expiresTime !== null && lot.expiresTime <= now;
}

/** What the command makes of a lot. @throws Refusal lot.transition_refused */
export function decideStatus(lot: Pick<Lot, "number" | "status">, command: LotCommand): LotStatus {
  const asked = lotCommands[command];
  const reason = whyNot(lot.status, command);
  if (reason === null) return asked;
  throw new Refusal("lot.transition_refused", `Lot ${lot.number}: ${reason}`, {
    current: lot.status,
    asked,
    allowed: lotTransitions[lot.status],
  });
}

/** Null when the command is allowed in this status. */
export function whyNot(status: LotStatus, command: LotCommand): string | null {
  const allowed: readonly LotStatus[] = lotTransitions[status];
  if (allowed.includes(lotCommands[command])) return null;
  return `it is ${status}, and from there it can only become ${allowed.join(" or ")}.`;
}
