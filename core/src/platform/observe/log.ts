import { type DestinationStream, pino } from "pino";

import { maskSensitive } from "../audit/sensitive-fields.ts";
import { traceIds } from "./trace.ts";

/** What a part of the system needs to say: structured fields first, then a sentence. */
export type Log = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/**
 * JSON lines on stdout, or on `to`; `level` as in pino. Sensitive fields are masked at any depth, and a
 * line of a traced request names its trace.
 */
export function createLog(options: {
  process: string;
  level: string;
  to?: DestinationStream;
}): Log {
  return pino(
    {
      level: options.level,
      base: { name: options.process },
      formatters: { log: (fields) => maskSensitive(fields) as Record<string, unknown> },
      mixin: traceIds,
      serializers: { err: describeError },
    },
    // Written at once: what waits in a buffer when the reader of our output has died keeps the process
    // from exiting (sonic-boom's flushSync repeats a write to a broken pipe for ever).
    options.to ?? pino.destination({ dest: 1, sync: true }),
  );
}

/**
 * What helps a person who reads the log. The database driver hangs its whole connection on an error,
 * which is pages of nothing, so fields are named here.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...("code" in error && { code: error.code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}
