import { parseTopic } from "@millwright/contracts/sparkplug";

/** Where a Sparkplug Aware broker keeps the births that passed through it, retained. */
export const certificateRoot = "$sparkplug/certificates";
/** Births kept at once, and their bytes: a gateway has at most 1,000 devices, and few have ten. */
const certificatesMax = 20_000;
const certificateBytesMax = 256 * 1024 * 1024;

/** What a birth changes among the certificates: topics and their new payload; an empty one removes. */
export type CertificateChange = { topic: string; payload: Buffer };

/**
 * Which births are kept, so that a late subscriber learns what every metric is without asking for
 * births anew. An NBIRTH begins the edge node's certificates anew: devices of its earlier session that
 * are not born again are none of it. Deaths remove nothing: a certificate tells what, not whether.
 */
export class Certificates {
  /** By edge node, so that 500 of them reconnecting at once look only at their own: topic → bytes. */
  readonly #nodes = new Map<string, Map<string, number>>();
  #count = 0;
  #bytes = 0;

  /**
   * The changes that a message brings, in order; none for what is no birth.
   * Sparkplug 3.0 tck-id-conformance-mqtt-aware-store, -nbirth-mqtt-topic, -dbirth-mqtt-topic
   */
  changesOf(topic: string, payload: Buffer): CertificateChange[] {
    // Nearly every message is data: those cost one search and no parsing.
    if (!topic.includes("BIRTH/")) return [];
    const parsed = parseTopic(topic);
    if (parsed?.type !== "NBIRTH" && parsed?.type !== "DBIRTH") return [];
    const node = this.#nodeOf(parsed.groupId, parsed.edgeNodeId);
    const kept = `${certificateRoot}/${topic}`;
    const gone = parsed.type === "NBIRTH" ? [...node.keys()] : [kept];
    for (const old of gone) this.#forget(node, old);
    const hasRoom =
      this.#count < certificatesMax && this.#bytes + payload.length <= certificateBytesMax;
    if (hasRoom) {
      node.set(kept, payload.length);
      this.#count += 1;
      this.#bytes += payload.length;
    }
    const removed = gone.filter((old) => old !== kept || !hasRoom);
    const changes = removed.map((old) => ({ topic: old, payload: Buffer.alloc(0) }));
    // Without room its readers ask for births, as at any other broker.
    return hasRoom ? [...changes, { topic: kept, payload }] : changes;
  }

  #nodeOf(groupId: string, edgeNodeId: string): Map<string, number> {
    const key = `${groupId}/${edgeNodeId}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = new Map<string, number>();
    this.#nodes.set(key, node);
    return node;
  }

  #forget(node: Map<string, number>, topic: string): void {
    const size = node.get(topic);
    if (size === undefined) return;
    node.delete(topic);
    this.#count -= 1;
    this.#bytes -= size;
  }
}
