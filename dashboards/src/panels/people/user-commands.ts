import type { User } from "@millwright/contracts/api";

import type { UserCommand } from "../../api/identity-shapes.ts";

/** As the contract's `userCommands`, which would bring zod along; in the order of the buttons. */
export const userCommands = [
  "send_link",
  "unlock",
  "end_sessions",
  "remove_totp",
  "activate",
  "deactivate",
] as const satisfies readonly UserCommand[];

export type CommandRefusal =
  | "notPermitted"
  | "yourself"
  | "inactive"
  | "notInactive"
  | "notLocked"
  | "noSession"
  | "noTwoStep";

type Target = User & { sessions: readonly unknown[] };

/** Why a command does nothing now; null when it can be asked. The server decides in the end. */
export function refusalOf(
  command: UserCommand,
  user: Target,
  { mayChange, isMe }: { mayChange: boolean; isMe: boolean },
): CommandRefusal | null {
  if (!mayChange) return "notPermitted";
  // Nobody could undo it for an administrator who is alone.
  if (command === "deactivate" && isMe) return "yourself";
  const { isPossible, otherwise } = conditions[command];
  return isPossible(user) ? null : otherwise;
}

const isNotInactive = (user: Target) => user.state !== "inactive";

const conditions = {
  send_link: { isPossible: isNotInactive, otherwise: "inactive" },
  unlock: { isPossible: (user) => user.state === "locked", otherwise: "notLocked" },
  end_sessions: { isPossible: (user) => user.sessions.length > 0, otherwise: "noSession" },
  remove_totp: { isPossible: (user) => user.hasTotp, otherwise: "noTwoStep" },
  activate: { isPossible: (user) => user.state === "inactive", otherwise: "notInactive" },
  deactivate: { isPossible: isNotInactive, otherwise: "inactive" },
} as const satisfies Record<
  UserCommand,
  { isPossible: (user: Target) => boolean; otherwise: CommandRefusal }
>;
