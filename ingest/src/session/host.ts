import {
  type Ack,
  DataType,
  decodeHead,
  decodePayload,
  encodePayload,
  formatTopic,
  type HostState,
  hostStateSchema,
  MalformedPayload,
  metric,
  MetricName,
  parseTopic,
  type SparkplugTopic,
} from "@millwright/contracts/sparkplug";
import type { Logger } from "pino";

import type { Transport } from "../broker/transport.ts";
import { silenceMs } from "../derive/machine-state.ts";
import { rawText } from "../derive/reading.ts";
import { missingOf, type Watermark } from "../derive/watermark.ts";
import type { Gap } from "../store/gaps.ts";
import { type Cell, nodeKey } from "./cell.ts";
import type { EdgeNode } from "./edge-node.ts";
import { EdgeNodeSession, type Heard, nothing } from "./edge-node-session.ts";
import type { DeadLetter, DeviceSilence, InboundItem } from "./messages.ts";

/** How long a message may be late before births are asked for; Sparkplug 3.0 tck-id-operational-behavior-host-reordering-param. */
const reorderTimeoutMs = 2000;
/** A node that is asked for births again and again would do nothing else. */
const rebirthEveryMs = 5000;
const ackEveryMs = 1000;
/** Ranges an acknowledgement lists; the edge gets the next ones with a later one. */
const ackRangesMax = 200;

/** Takes what the host makes of messages, to be stored. */
export type Intake = {
  /** A promise when the sender is to wait. */
  offer(items: readonly InboundItem[]): Promise<void> | undefined;
  /** False when it is only counted. */
  complain(letter: DeadLetter): boolean;
  recordGap(gap: Gap): void;
};

type NodeClock = { waitingSinceMs: number; rebirthMs: number; ackMs: number; isAckDue: boolean };

/**
 * The Sparkplug host application: knows every edge node's session, turns MQTT messages into items for
 * the store, asks for births, acknowledges what is stored, and notices silence.
 */
export class SparkplugHost {
  readonly stateTopic: string;
  #rebirthsAsked = 0;
  readonly #hostId: string;
  readonly #cell: Cell;
  readonly #logger: Logger;
  readonly #sessions = new Map<string, EdgeNodeSession>();
  readonly #clocks = new Map<string, NodeClock>();
  /** State bindings whose machine's present state was told once. */
  readonly #statesKnown = new Set<string>();
  #transport: Transport | null = null;
  #isStopping = false;
  #intake: Intake | null = null;
  /** Of the present connection's will and birth. */
  #stateTime = 0;
  #isAnnounced = false;

  constructor(options: { hostId: string; cell: Cell; logger: Logger }) {
    this.#hostId = options.hostId;
    this.#cell = options.cell;
    this.#logger = options.logger;
    this.stateTopic = formatTopic({ type: "STATE", hostId: options.hostId });
  }

  get rebirthsAsked(): number {
    return this.#rebirthsAsked;
  }

  /** Edge nodes that are online, of all tenants or of those that are asked for. */
  nodesOnline(isAsked: (tenantId: string) => boolean = () => true): number {
    return [...this.#sessions.values()].filter(
      ({ isOnline, registered }) => isOnline && isAsked(registered.tenantId),
    ).length;
  }

  /** Messages may come from now on. */
  connect(intake: Intake): void {
    this.#intake = intake;
  }

  attach(transport: Transport): void {
    this.#transport = transport;
  }

  /**
   * The will of the connection that begins now. Its birth repeats the timestamp.
   * Sparkplug 3.0 tck-id-host-topic-phid-death-payload-timestamp-connect
   */
  stateWill(): Uint8Array {
    this.#stateTime = Date.now();
    this.#isAnnounced = false;
    return statePayload({ online: false, timestamp: this.#stateTime });
  }

  /**
   * The birth of this connection: QoS 1, retained, after the subscriptions.
   * Sparkplug 3.0 tck-id-host-topic-phid-birth-message, -birth-payload-timestamp
   */
  async announceBirth(): Promise<void> {
    // The embedded broker has no connection of ours, hence no will to repeat.
    if (this.#stateTime === 0) this.#stateTime = Date.now();
    this.#isAnnounced = true;
    await this.#announce({ online: true, timestamp: this.#stateTime });
  }

  /** Sparkplug 3.0 tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean: at this moment. */
  async announceDeath(): Promise<void> {
    await this.#announce({ online: false, timestamp: Date.now() });
  }

  /** Handles one message; a promise when the sender is to wait. */
  receive(topic: string, payload: Uint8Array): Promise<void> | undefined {
    const intake = this.#intake;
    if (intake === null) return undefined;
    // Not acknowledged, so the edge logs send it again.
    if (this.#isStopping) return undefined;
    const parsed = parseTopic(topic);
    if (parsed === null) {
      this.#complain({ topic, payload, reason: "not a Sparkplug topic", tenantId: null });
      return undefined;
    }
    if (parsed.type === "STATE") return this.#hearState(parsed.hostId, payload);
    // Our own commands come back from an external broker.
    if (parsed.type === "NCMD" || parsed.type === "DCMD") return undefined;
    const registered = this.#cell.node(parsed.groupId, parsed.edgeNodeId);
    if (registered === undefined) {
      this.#complain({ topic, payload, reason: "edge node is not registered", tenantId: null });
      return undefined;
    }
    const session = this.#sessionOf(parsed.groupId, parsed.edgeNodeId);
    const complain = (reason: string) =>
      this.#complain({ topic, payload, reason, tenantId: registered.tenantId });
    try {
      const heard = hear(session, parsed, payload);
      for (const reason of heard.complaints) complain(reason);
      this.#noteSkipped(session, heard);
      if (heard.needsBirth) this.#askForBirth(session, heard.complaints[0] ?? "no birth heard yet");
      if (parsed.type === "NBIRTH") this.#clockOf(session).ackMs = 0;
      return heard.items.length === 0 ? undefined : intake.offer(heard.items);
    } catch (error) {
      if (!(error instanceof MalformedPayload)) throw error;
      complain(error.message);
      return undefined;
    }
  }

  /** Acknowledges, gives up waiting, notices silence. Call it ten times a second. */
  tick(watermarkOf: (node: EdgeNode) => Watermark | null): void {
    const now = Date.now();
    const items: InboundItem[] = [];
    for (const session of this.#sessions.values()) {
      const clock = this.#clockOf(session);
      this.#checkOrder(session, clock, now);
      items.push(...silentDevices(session, now));
      if (clock.isAckDue && now - clock.ackMs >= ackEveryMs) {
        clock.isAckDue = false;
        clock.ackMs = now;
        this.#acknowledge(session, watermarkOf(session));
      }
    }
    if (items.length > 0) void this.#intake?.offer(items);
  }

  /** Takes nothing more from the brokers, whose connections stay open for what is still to be said. */
  stopIntake(): void {
    this.#isStopping = true;
  }

  /** The last acknowledgements, due or not: what is told now need not be sent again. */
  acknowledgeAll(watermarkOf: (node: EdgeNode) => Watermark | null): void {
    for (const session of this.#sessions.values()) {
      if (session.isOnline) this.#acknowledge(session, watermarkOf(session));
    }
  }

  /** These nodes' records were committed: an acknowledgement is due. */
  noteStored(nodes: Iterable<EdgeNode>): void {
    for (const node of nodes) this.#clockOf(node).isAckDue = true;
  }

  /** The cell was read anew: machines whose state is bound now and were online before have a state (and its reason). */
  noteBindings(): void {
    const items: InboundItem[] = [];
    for (const node of this.#sessions.values()) {
      for (const series of node.boundSeries()) {
        const device = node.devices.get(series.deviceId ?? "");
        if (device?.isOnline !== true || device.isSilent) continue;
        const raw = rawText(series.liveValue);
        if (raw === null) continue;
        for (const binding of node.bindingsOf(series)) {
          const isOfState = binding.role === "state" || binding.role === "state.reason";
          if (!isOfState || this.#statesKnown.has(binding.bindingId)) continue;
          this.#statesKnown.add(binding.bindingId);
          items.push({ kind: "state_bound", node, binding, raw, receivedMs: Date.now() });
        }
      }
    }
    if (items.length > 0) void this.#intake?.offer(items);
  }

  /**
   * After a start: nodes that were online when we stopped and have not been born again since are gone.
   * Their devices' machines have no data from the last time they were read.
   */
  missedBirths(
    before: readonly {
      groupId: string;
      edgeNodeId: string;
      deviceId: string;
      lastReadMs: number;
    }[],
  ): void {
    const now = Date.now();
    const items = before.flatMap(
      ({ groupId, edgeNodeId, deviceId, lastReadMs }): DeviceSilence[] => {
        if (this.#cell.node(groupId, edgeNodeId) === undefined) return [];
        const node = this.#sessionOf(groupId, edgeNodeId);
        const isBack = node.devices.get(deviceId)?.isOnline === true;
        return isBack ? [] : [{ kind: "silence", node, deviceId, lastReadMs, receivedMs: now }];
      },
    );
    if (items.length > 0) void this.#intake?.offer(items);
  }

  /** Sparkplug 3.0 tck-id-message-flow-hid-sparkplug-state-message-delivered: contradict our own will. */
  #hearState(hostId: string, payload: Uint8Array): Promise<void> | undefined {
    if (hostId !== this.#hostId) return undefined;
    const text = Buffer.from(payload).toString("utf8");
    // Before our birth it is the retained death of an earlier run, and the birth is on its way.
    if (readState(text)?.online === false && this.#isAnnounced) {
      this.announceBirth().catch((error: unknown) => {
        this.#logger.warn({ err: error }, "state: could not be published");
      });
    }
    return undefined;
  }

  async #announce(state: HostState): Promise<void> {
    const payload = statePayload(state);
    await this.#transport?.publish(this.stateTopic, payload, { qos: 1, retain: true });
  }

  #checkOrder(session: EdgeNodeSession, clock: NodeClock, now: number): void {
    if (!session.isWaiting) {
      clock.waitingSinceMs = 0;
      return;
    }
    if (clock.waitingSinceMs === 0) clock.waitingSinceMs = now;
    if (now - clock.waitingSinceMs < reorderTimeoutMs) return;
    clock.waitingSinceMs = 0;
    const heard = session.giveUpWaiting();
    const { registered } = session;
    for (const reason of heard.complaints) {
      const topic = session.key;
      this.#complain({ topic, payload: new Uint8Array(), reason, tenantId: registered.tenantId });
    }
    this.#noteSkipped(session, heard);
    this.#askForBirth(session, "a message is missing");
    if (heard.items.length > 0) void this.#intake?.offer(heard.items);
  }

  /** Our own nodes send again what is not acknowledged; a foreign node's messages are gone. */
  #noteSkipped(session: EdgeNodeSession, { skipped }: Heard): void {
    if (session.epoch !== null) return;
    for (const { first, last } of skipped) {
      // The ledger's ranges ascend: one that wraps past 255 goes on with 256.
      const lost = { first, last: last < first ? last + 256 : last };
      const reason = "sequence numbers were skipped and the node keeps no log";
      this.#intake?.recordGap({ node: session.registered, epoch: null, lost, reason });
    }
  }

  /** Sparkplug 3.0 tck-id-operational-behavior-data-commands-ncmd-rebirth-verb, -name, -value */
  #askForBirth(session: EdgeNodeSession, reason: string): void {
    const clock = this.#clockOf(session);
    const now = Date.now();
    if (now - clock.rebirthMs < rebirthEveryMs) return;
    clock.rebirthMs = now;
    this.#rebirthsAsked += 1;
    this.#logger.info({ node: session.key, reason }, "host: asks for births");
    this.#command(session, {
      name: MetricName.rebirth,
      datatype: DataType.Boolean,
      value: true,
    });
  }

  #acknowledge(session: EdgeNodeSession, watermark: Watermark | null): void {
    if (session.ack === null || session.epoch === null || watermark === null) return;
    const missing = missingOf(watermark).slice(0, ackRangesMax);
    const ack: Ack = {
      host: this.#hostId,
      epoch: session.epoch,
      contiguous: String(watermark.contiguous),
      missing: missing.map(({ first, last }) => [String(first), String(last)]),
    };
    // Sparkplug 3.0 tck-id-payloads-alias-data-cmd-requirement: whoever uses aliases is spoken to in them.
    const isAliased = session.ack.alias !== null;
    this.#command(session, {
      name: isAliased ? null : MetricName.ack,
      alias: session.ack.alias,
      datatype: DataType.String,
      value: JSON.stringify(ack),
    });
  }

  #command(
    session: EdgeNodeSession,
    fields: {
      name: string | null;
      alias?: bigint | null;
      datatype: DataType;
      value: string | boolean;
    },
  ): void {
    const { groupId, edgeNodeId } = session.registered;
    const now = Date.now();
    const payload = encodePayload(
      { timestamp: now, seq: null, metrics: [metric({ ...fields, timestamp: now })] },
      // tck-id-payloads-metric-datatype-not-req is a SHOULD, and decoders in the field (Tahu's
      // JavaScript) read nothing without a datatype: a node that has no aliases gets it.
      { omitDatatype: fields.name === null },
    );
    const topic = formatTopic({ type: "NCMD", groupId, edgeNodeId, deviceId: null });
    this.#transport?.publish(topic, payload, { qos: 0, retain: false }).catch((error: unknown) => {
      this.#logger.warn({ err: error, topic }, "host: a command could not be sent");
    });
  }

  #complain(letter: {
    topic: string;
    payload: Uint8Array;
    reason: string;
    tenantId: string | null;
  }): void {
    const isKept = this.#intake?.complain({ ...letter, receivedMs: Date.now() }) ?? false;
    // What is only counted is not logged either: a flood must not fill the disk twice.
    if (isKept) this.#logger.warn({ topic: letter.topic, reason: letter.reason }, "dead letter");
  }

  #sessionOf(groupId: string, edgeNodeId: string): EdgeNodeSession {
    const key = nodeKey(groupId, edgeNodeId);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const registered = this.#cell.node(groupId, edgeNodeId);
    if (registered === undefined) throw new Error(`${key} is not registered`);
    const session = new EdgeNodeSession(registered, this.#cell);
    this.#sessions.set(key, session);
    return session;
  }

  #clockOf({ key }: EdgeNode): NodeClock {
    const known = this.#clocks.get(key);
    if (known !== undefined) return known;
    const clock = { waitingSinceMs: 0, rebirthMs: 0, ackMs: 0, isAckDue: false };
    this.#clocks.set(key, clock);
    return clock;
  }
}

function statePayload(state: HostState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

function readState(text: string): HostState | null {
  try {
    return hostStateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function hear(
  session: EdgeNodeSession,
  topic: Exclude<SparkplugTopic, { type: "STATE" }>,
  bytes: Uint8Array,
): Heard {
  const receivedMs = Date.now();
  const { type, deviceId } = topic;
  switch (type) {
    case "NBIRTH":
      return session.nodeBirth(decodePayload(bytes), receivedMs);
    case "NDEATH":
      return session.nodeDeath(decodePayload(bytes), receivedMs);
    case "NCMD":
    case "DCMD":
      return nothing();
    case "NDATA":
    case "DDATA":
      return session.receive({ type, deviceId, ...decodeHead(bytes), bytes, receivedMs });
    default:
      return session.receive({ type, deviceId, ...decodePayload(bytes), receivedMs });
  }
}

function silentDevices(session: EdgeNodeSession, now: number): DeviceSilence[] {
  if (!session.isOnline) return [];
  const silent: DeviceSilence[] = [];
  for (const device of session.devices.values()) {
    const isSilent =
      device.isOnline &&
      device.hasHeartbeat &&
      !device.isSilent &&
      now - device.lastSeenMs > silenceMs;
    if (!isSilent) continue;
    device.isSilent = true;
    silent.push({
      kind: "silence",
      node: session,
      deviceId: device.deviceId,
      lastReadMs: device.lastReadMs === 0 ? device.lastSeenMs : device.lastReadMs,
      receivedMs: now,
    });
  }
  return silent;
}
