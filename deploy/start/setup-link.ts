import { z } from "zod";

const ANSWER_DEADLINE_MS = 2_000;
const answerSchema = z.object({ isNeeded: z.boolean() });

/**
 * Where the first administrator is made, or null when there is one or core does not answer. The code
 * stands behind the #: browsers send it to nobody, so it is in no log.
 */
export async function askSetupLink(url: string, code: string): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
    const response = await fetch(`${url}/api/setup`, { signal });
    const { isNeeded } = answerSchema.parse(await response.json());
    return isNeeded ? `${url}/setup#code=${code}` : null;
  } catch {
    return null;
  }
}
