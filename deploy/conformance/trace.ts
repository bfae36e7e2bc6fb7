import type { WirePayload } from "./wire.ts";

/** Who sent or received: our edge node, our host, a node that is not ours, whoever plays the rest. */
export type Client = "edge" | "host" | "foreign" | "peer";

type Common = {
  /** Epoch ms at which the packet passed the tap. */
  at: number;
  client: Client;
  /** Counts the client's connections from 1. */
  connection: number;
};

/** What a message carries, read from its bytes; a STATE is JSON, everything else protobuf. */
export type Body = {
  topic: string;
  qos: number;
  retain: boolean;
  payload: WirePayload | null;
  state: unknown;
};

export type Connect = Common & {
  kind: "connect";
  protocolVersion: number;
  clean: boolean;
  username: string | null;
  will: Body | null;
};
export type Publish = Common & Body & { kind: "publish"; direction: "sent" | "received" };
export type Subscribe = Common & { kind: "subscribe"; filters: { topic: string; qos: number }[] };
export type Ended = Common & { kind: "disconnect" | "closed" };
/** What the scenario did to provoke the packets that follow. */
export type Act = Common & { kind: "act"; what: string };
/** What our host made of a message: an item for its store, or the state of its session. */
export type Effect = Common & {
  kind: "effect";
  what: string;
  node: string;
  deviceId: string | null;
  /** Epoch ms the effect is dated. */
  time: number;
};

export type Entry = Connect | Publish | Subscribe | Ended | Act | Effect;
/** In the order in which the packets passed. */
export type Trace = Entry[];

/** Level 2 of a Sparkplug topic; "STATE" for host states. */
export function typeOf({ topic }: { topic: string }): string {
  const levels = topic.split("/");
  return levels[1] === "STATE" ? "STATE" : (levels[2] ?? "");
}
