/**
 * How the operator talks to a machine: a job (order hash and good pieces wanted) and a command,
 * written to holding registers or OPC UA variables. The command is taken when it is written, so
 * the job goes first; the machine sets it back to 0.
 */
export type Setpoint = { command: Command; orderHash: number; quantity: number };

export const commands = { takeJob: 1, start: 2, stop: 3, fetchPieces: 4 } as const;
export type Command = keyof typeof commands;

export function commandOf(code: number): Command | null {
  const names = Object.keys(commands) as Command[];
  return names.find((name) => commands[name] === code) ?? null;
}

/** FNV-1a, 32 bit: an order number as a PLC can hold it. */
export function orderHashOf(orderNumber: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(orderNumber)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
