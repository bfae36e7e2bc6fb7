import { edgeNodeSchema } from "@millwright/contracts/api";
import { z } from "zod";

import type { TableRow } from "./child.ts";

const ANSWER_DEADLINE_MS = 2_000;
const NAMES_MAX = 5;

const answerSchema = z.object({ rows: z.array(edgeNodeSchema) });
export type Gateway = z.infer<typeof edgeNodeSchema>;

/** The gateways core knows, or null when it does not answer in time: the table does not wait for it. */
export async function askGateways(url: string, apiKey: string): Promise<readonly Gateway[] | null> {
  try {
    const response = await fetch(`${url}/api/edge-nodes`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    });
    return answerSchema.parse(await response.json()).rows;
  } catch {
    return null;
  }
}

/** What the table says of them. Tokens are not there to be printed: only their hashes are kept. */
export function gatewayRow(gateways: readonly Gateway[] | null, url: string): TableRow {
  return [
    "Gateways",
    `${registered(gateways)}; Equipment at ${url} registers one and shows its token once`,
  ];
}

function registered(gateways: readonly Gateway[] | null): string {
  if (gateways === null) return "unknown, the API does not answer";
  if (gateways.length === 0) return "none yet";
  const names = gateways
    .slice(0, NAMES_MAX)
    .map(({ groupId, edgeNodeId }) => `${groupId}/${edgeNodeId}`);
  const more = gateways.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
