import { type Logger, pino } from "pino";

/**
 * JSON lines on stdout, at LOG_LEVEL. Written at once: what waits in a buffer when the reader of our
 * output has died keeps the process from exiting (sonic-boom's flushSync repeats a write to a broken
 * pipe for ever).
 */
export function createLog(name: string): Logger {
  const level = process.env["LOG_LEVEL"] ?? "info";
  return pino({ name, level }, pino.destination({ dest: 1, sync: true }));
}
