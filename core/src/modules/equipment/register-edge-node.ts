import type { Actor } from "@millwright/contracts/events";

import { newEvent } from "../../platform/events/new-event.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { IdentityModule } from "../identity/index.ts";
import { saveEdgeNode } from "./store/edge-nodes.ts";

export type EdgeNodeCredentials = {
  groupId: string;
  edgeNodeId: string;
  username: string;
  token: string;
};

/**
 * Registers a gateway, or with `renew` gives a known one a new token, which ends the old one. Only the digest is stored, so the
 * token is shown this once; for the same reason this request takes no part in Idempotency-Key.
 * @throws Refusal edge_node.exists
 */
export async function registerEdgeNode(
  tx: Transaction,
  { identity, actor }: { identity: IdentityModule; actor: Actor },
  { edgeNodeId, renew }: { edgeNodeId: string; renew: boolean },
): Promise<EdgeNodeCredentials> {
  const { siteId, groupId } = await identity.site(tx);
  const token = newToken();
  const tokenSha256 = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)),
  );
  const edgeNode = { groupId, edgeNodeId, siteId, tokenSha256 };
  if (!(await saveEdgeNode(tx, edgeNode, { renew }))) {
    throw new Refusal(
      "edge_node.exists",
      `Gateway ${edgeNodeId} is registered. Take another name, or ask again with renew: true for a new token, which ends its old one.`,
    );
  }
  tx.emit([
    newEvent("equipment.edge_node_changed@1", {
      tenantId: tx.tenantId,
      stream: `edge_node:${groupId}/${edgeNodeId}`,
      streamVersion: null,
      payload: { groupId, edgeNodeId },
      actor,
    }),
  ]);
  return { groupId, edgeNodeId, username: `${groupId}/${edgeNodeId}`, token };
}

/** 256 random bits in base64url: nothing to guess, so a plain digest is enough. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
