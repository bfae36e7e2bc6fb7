import { quantitySchema } from "@millwright/contracts/units";
import { z } from "zod";

import { Fault } from "../errors.ts";
import { defineJob } from "../jobs/define-job.ts";
import { inParallel } from "./in-parallel.ts";
import { createPartner, type Partner, type PartnerSettings } from "./partner.ts";

const payloadSchema = z.object({
  /** Answers `GET <baseUrl>/availability/<item reference>` with `{"available": "12.5"}`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
  itemReferences: z.array(z.string().min(1).max(100)).min(1).max(1000),
});

/** What a supplier said about one item; `quantity` in the supplier's unit. */
export type Availability =
  | { itemReference: string; quantity: string }
  | { itemReference: string; problem: string };

/**
 * Asks a supplier for up to 1,000 items, 20 at a time. A supplier that is slow or away is asked again
 * and given rests (see Partner); an item that got no answer after that says why, and the others go on.
 * It reads only, so running it again is harmless. It lives here until there is a purchasing context,
 * whose subscriber will enqueue it.
 */
export function askAvailabilityJob(settings: Partial<PartnerSettings> = {}) {
  const partners = new Partners(settings);
  return defineJob({
    name: "purchasing.ask_availability",
    payload: payloadSchema,
    timeoutMs: 15 * 60_000,
    handle: async ({ payload: { baseUrl, itemReferences }, signal, progress }) => {
      const partner = partners.at(baseUrl);
      let done = 0;
      const answers = await inParallel(itemReferences, parallelMax, async (itemReference) => {
        const answer = await askOne(partner, { baseUrl, itemReference }, signal);
        done += 1;
        const note = partner.isResting() ? "the supplier is given a rest" : undefined;
        progress(done, itemReferences.length, note);
        return answer;
      });
      return { answers };
    },
  });
}

// What a supplier's small server bears; 1,000 items at 100 ms each take 5 s.
const parallelMax = 20;
const answerSchema = z.object({ available: quantitySchema });

async function askOne(
  partner: Partner,
  { baseUrl, itemReference }: { baseUrl: string; itemReference: string },
  signal: AbortSignal,
): Promise<Availability> {
  const url = `${baseUrl.replace(/\/+$/, "")}/availability/${encodeURIComponent(itemReference)}`;
  try {
    const { available } = await partner.call((one) => get(url, one), signal);
    return { itemReference, quantity: available };
  } catch (error) {
    // Told to stop: the whole job ends.
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    return { itemReference, problem: problem.slice(0, problemMax) };
  }
}

const problemMax = 100;

async function get(url: string, signal: AbortSignal): Promise<z.infer<typeof answerSchema>> {
  const response = await fetch(url, { signal, redirect: "error" }).catch((cause: unknown) => {
    throw new Fault("The supplier cannot be reached.", { cause, isRetryable: true });
  });
  const text = await readText(response);
  if (!response.ok) {
    // 4xx is our question, apart from "too many"; 5xx may pass.
    const isRetryable = response.status >= 500 || response.status === 429;
    throw new Fault(`The supplier answered ${response.status}.`, { cause: text, isRetryable });
  }
  const answer = answerSchema.safeParse(parseJson(text));
  if (answer.success) return answer.data;
  throw new Fault("The supplier's answer is not understood.", {
    cause: answer.error,
    isRetryable: false,
  });
}

/** An answer is a line of JSON; what is longer is cut off and then not understood. */
async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > answerLengthMax) break;
  }
  return text;
}

const answerLengthMax = 10_000;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One partner per server, so that all jobs of a process see the same rest. */
class Partners {
  readonly #settings: Partial<PartnerSettings>;
  readonly #byOrigin = new Map<string, Partner>();

  constructor(settings: Partial<PartnerSettings>) {
    this.#settings = settings;
  }

  at(baseUrl: string): Partner {
    const { origin } = new URL(baseUrl);
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) return known;
    // More suppliers than this in one process: the oldest one's record of failures is forgotten.
    if (this.#byOrigin.size >= partnersMax) {
      const [oldest] = this.#byOrigin.keys();
      this.#byOrigin.delete(oldest ?? "");
    }
    const partner = createPartner(origin, this.#settings);
    this.#byOrigin.set(origin, partner);
    return partner;
  }
}

const partnersMax = 200;
