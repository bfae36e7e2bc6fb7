import { pino } from "pino";

/** What a part of the system needs to say: structured fields first, then a sentence. */
export type Log = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** JSON lines on stdout; `level` as in pino. */
export function createLog(options: { process: string; level: string }): Log {
  return pino({ name: options.process, level: options.level, base: { name: options.process } });
}
