import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";

import { Fault } from "../errors.ts";

export type PartnerSettings = {
  /** One call takes no longer. */
  timeoutMs: number;
  /** Calls for one question, 1 to 10, with growing pauses and jitter between them. */
  attempts: number;
  /** The first pause. */
  backoffMs: number;
  /** So many failures in a row, and nobody calls for `openMs`; then one call tries. */
  failuresInRow: number;
  openMs: number;
};

export const defaultPartnerSettings: PartnerSettings = {
  timeoutMs: 5000,
  attempts: 3,
  backoffMs: 200,
  failuresInRow: 10,
  openMs: 5000,
};

/** A system of somebody else that may be slow, wrong or away; shared by all who call it in a process. */
export type Partner = {
  readonly name: string;
  /**
   * One question. A `Fault` that is not retryable and every error that is no `Fault` end it at once.
   * While the partner is given a rest it waits for its turn, until `signal` aborts.
   */
  call: <T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** True while nobody calls. */
  isResting: () => boolean;
};

export function createPartner(name: string, settings: Partial<PartnerSettings> = {}): Partner {
  const { timeoutMs, attempts, backoffMs, failuresInRow, openMs } = {
    ...defaultPartnerSettings,
    ...settings,
  };
  const breaker = circuitBreaker(handleWhen(isOfThePartner), {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(failuresInRow),
  });
  let isResting = false;
  breaker.onBreak(() => {
    isResting = true;
  });
  breaker.onReset(() => {
    isResting = false;
  });
  const policy = wrap(
    retry(handleWhen(isOfThePartner), {
      maxAttempts: attempts - 1,
      backoff: new ExponentialBackoff({ initialDelay: backoffMs, maxDelay: pauseMsMax }),
    }),
    breaker,
    timeout(timeoutMs, TimeoutStrategy.Aggressive),
  );
  return {
    name,
    isResting: () => isResting,
    call: async (ask, signal) => {
      for (;;) {
        signal.throwIfAborted();
        try {
          return await policy.execute((context) => ask(context.signal ?? signal), signal);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof BrokenCircuitError)) throw error;
          // A rest is no answer: the question costs no attempt while it waits.
          await pause(Math.max(openMs / 4, restMsMin), signal);
        }
      }
    },
  };
}

const pauseMsMax = 30_000;
const restMsMin = 20;

/** The partner's fault, or the network's; a wrong question would be as wrong the next time. */
function isOfThePartner(error: unknown): boolean {
  return error instanceof Fault ? error.isRetryable : error instanceof TaskCancelledError;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
