import { createHash, timingSafeEqual } from "node:crypto";

import { parseTopic } from "@millwright/contracts/sparkplug";

import type { Cell, RegisteredNode } from "../session/cell.ts";
import { certificateRoot } from "./certificates.ts";

/** What a gateway may publish, all under its own name; everything else is denied. */
const edgeTypes: ReadonlySet<string> = new Set([
  "NBIRTH",
  "NDEATH",
  "DBIRTH",
  "DDEATH",
  "NDATA",
  "DDATA",
]);

/** The gateway that logs in with this user name `<group>/<edge node>` and token, or null. */
export function authenticate(
  cell: Cell,
  username: string | undefined,
  password: Uint8Array | undefined,
): RegisteredNode | null {
  const [groupId, edgeNodeId, ...rest] = (username ?? "").split("/");
  if (groupId === undefined || edgeNodeId === undefined || rest.length > 0) return null;
  const node = cell.node(groupId, edgeNodeId);
  if (node === undefined || password === undefined) return null;
  const digest = createHash("sha256").update(password).digest();
  return timingSafeEqual(digest, node.tokenSha256) ? node : null;
}

export function mayPublish(node: RegisteredNode, topic: string): boolean {
  const parsed = parseTopic(topic);
  return (
    parsed !== null &&
    parsed.type !== "STATE" &&
    edgeTypes.has(parsed.type) &&
    parsed.groupId === node.groupId &&
    parsed.edgeNodeId === node.edgeNodeId
  );
}

/** Its own commands and host states, and the births that are kept for it and others of its group. */
export function maySubscribe(node: RegisteredNode, filter: string): boolean {
  const { groupId, edgeNodeId } = node;
  return (
    filter === `spBv1.0/${groupId}/NCMD/${edgeNodeId}` ||
    filter.startsWith(`spBv1.0/${groupId}/DCMD/${edgeNodeId}/`) ||
    filter.startsWith("spBv1.0/STATE/") ||
    filter.startsWith(`${certificateRoot}/spBv1.0/${groupId}/`)
  );
}
