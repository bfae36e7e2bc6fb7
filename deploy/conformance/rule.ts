import type { Body, Client, Connect, Effect, Entry, Publish, Subscribe, Trace } from "./trace.ts";
import { typeOf } from "./trace.ts";
import type { WireMetric } from "./wire.ts";

/**
 * One requirement as an executable check. `violate` breaks a trace in just this point: a rule counts
 * only when it holds on the recording and fails on the broken copy.
 */
export type Rule = {
  /** In our own words. */
  words: string;
  /** Null when the trace keeps the rule; else what is wrong. A trace that shows nothing keeps no rule. */
  fault(trace: Trace): string | null;
  violate(trace: Trace): void;
};

/** Every subject that the trace shows passes the test; spoiling the last one must be noticed. */
export function every<Subject>(
  words: string,
  parts: {
    of: (trace: Trace) => Subject[];
    test: (subject: Subject, trace: Trace) => boolean;
    spoil: (subject: Subject, trace: Trace) => void;
  },
): Rule {
  return {
    words,
    fault(trace) {
      const subjects = parts.of(trace);
      if (subjects.length === 0) return "the recording shows none";
      const wrong = subjects.findIndex((subject) => !parts.test(subject, trace));
      return wrong < 0 ? null : `number ${wrong + 1} of ${subjects.length} breaks it`;
    },
    violate(trace) {
      const subject = parts.of(trace).at(-1);
      if (subject !== undefined) parts.spoil(subject, trace);
    },
  };
}

export function sent(client: Client, ...types: string[]) {
  return (trace: Trace): Publish[] =>
    trace.filter(
      (entry): entry is Publish =>
        entry.kind === "publish" &&
        entry.client === client &&
        entry.direction === "sent" &&
        types.includes(typeOf(entry)),
    );
}

export function received(client: Client, ...types: string[]) {
  return (trace: Trace): Publish[] =>
    trace.filter(
      (entry): entry is Publish =>
        entry.kind === "publish" &&
        entry.client === client &&
        entry.direction === "received" &&
        types.includes(typeOf(entry)),
    );
}

export function connects(client: Client) {
  return (trace: Trace): Connect[] =>
    trace.filter((e): e is Connect => e.kind === "connect" && e.client === client);
}

export function subscribes(client: Client) {
  return (trace: Trace): Subscribe[] =>
    trace.filter((e): e is Subscribe => e.kind === "subscribe" && e.client === client);
}

export function effects(what: string) {
  return (trace: Trace): Effect[] =>
    trace.filter((e): e is Effect => e.kind === "effect" && e.what === what);
}

export function acts(what: string) {
  return (trace: Trace): Entry[] => trace.filter((e) => e.kind === "act" && e.what === what);
}

/** What follows an entry. */
export function after(trace: Trace, entry: Entry): Trace {
  return trace.slice(trace.indexOf(entry) + 1);
}

export function before(trace: Trace, entry: Entry): Trace {
  return trace.slice(0, trace.indexOf(entry));
}

export function remove(trace: Trace, isGone: (entry: Entry) => boolean): void {
  for (let index = trace.length - 1; index >= 0; index -= 1) {
    const entry = trace[index];
    if (entry !== undefined && isGone(entry)) trace.splice(index, 1);
  }
}

/** Puts an entry at another place: before or behind one that stays. */
export function move(trace: Trace, entry: Entry, to: { before?: Entry; behind?: Entry }): void {
  trace.splice(trace.indexOf(entry), 1);
  const { before: next, behind } = to;
  const at = next === undefined ? (behind ? trace.indexOf(behind) + 1 : 0) : trace.indexOf(next);
  trace.splice(at, 0, entry);
}

/** The CONNECT of the connection an entry belongs to. */
export function connectOf(trace: Trace, { client, connection }: Entry): Connect | undefined {
  return connects(client)(trace).find((connect) => connect.connection === connection);
}

export type InMessage = { message: Body; metric: WireMetric };

/** The metrics of messages, each with its message. */
export function metricsOf(
  messages: (trace: Trace) => Publish[],
): (trace: Trace) => (InMessage & { message: Publish })[] {
  return (trace) =>
    messages(trace).flatMap((message) =>
      (message.payload?.metrics ?? []).map((metric) => ({ message, metric })),
    );
}

export function named(body: Body | null, name: string): WireMetric | undefined {
  return body?.payload?.metrics.find((metric) => metric.name === name);
}

const deviceTypes = new Set(["DBIRTH", "DDEATH", "DDATA", "DCMD"]);
const id = "[^/+#]+";

/** The topic has the form of its message type, under the ids that the connection's will names. */
export function topicForm(client: Client, type: string): Rule {
  const isDevice = deviceTypes.has(type);
  const form = new RegExp(`^spBv1\\.0/(${id})/${type}/(${id})${isDevice ? `/${id}` : ""}$`);
  const levels = `spBv1.0/<group>/${type}/<edge node>${isDevice ? "/<device>" : ""}`;
  return every(`${type} topics are ${levels}`, {
    of: sent(client, type),
    test: (message, trace) => {
      const match = form.exec(message.topic);
      const [, group, , node] = connectOf(trace, message)?.will?.topic.split("/") ?? [];
      const isOwn = client === "host" || (match?.[1] === group && match?.[2] === node);
      return match !== null && isOwn;
    },
    spoil: (message) => {
      message.topic = isDevice
        ? message.topic.split("/").slice(0, 4).join("/")
        : `${message.topic}/extra`;
    },
  });
}

export function qosIs(client: Client, type: string, qos: 0 | 1): Rule {
  return every(`${type} is published with QoS ${qos}`, {
    of: sent(client, type),
    test: (message) => message.qos === qos,
    spoil: (message) => {
      message.qos = 1 - qos;
    },
  });
}

export function notRetained(client: Client, type: string): Rule {
  return every(`${type} is published without the retain flag`, {
    of: sent(client, type),
    test: ({ retain }) => !retain,
    spoil: (message) => {
      message.retain = true;
    },
  });
}

export function delivery(client: Client, type: string): Rule {
  return every(`${type} is published with QoS 0 and without the retain flag`, {
    of: sent(client, type),
    test: ({ qos, retain }) => qos === 0 && !retain,
    spoil: (message) => {
      message.qos = 2;
      message.retain = true;
    },
  });
}

/** A clock of the machine that recorded both: seconds apart would be another time zone or unit. */
const clockMsMax = 10_000;

export function sendingTime(client: Client, ...types: string[]): Rule {
  return every(`${types.join(", ")} tells in UTC ms when it was sent`, {
    of: sent(client, ...types),
    test: ({ payload, at }) => Math.abs((payload?.timestamp ?? 0) - at) < clockMsMax,
    spoil: ({ payload }) => {
      if (payload !== null) delete payload.timestamp;
    },
  });
}

/** The same, spoiled by a local clock instead of a missing one. */
export function utc(client: Client, ...types: string[]): Rule {
  return {
    ...sendingTime(client, ...types),
    words: `the payload time of ${types.join(", ")} is UTC`,
    violate: (trace) => {
      const { payload } = sent(client, ...types)(trace).at(-1) ?? {};
      if (payload) payload.timestamp = (payload.timestamp ?? 0) + 2 * 3_600_000;
    },
  };
}

export function protobuf(what: string, bodies: (trace: Trace) => Body[]): Rule {
  return every(`${what} carries a Sparkplug B protobuf payload`, {
    of: bodies,
    test: ({ payload }) => payload !== null,
    spoil: (body) => {
      body.payload = null;
    },
  });
}

export function seqPresent(client: Client, ...types: string[]): Rule {
  return every(`${types.join(", ")} carries a sequence number from 0 to 255`, {
    of: sent(client, ...types),
    test: ({ payload }) => isByte(payload?.seq),
    spoil: ({ payload }) => {
      if (payload !== null) delete payload.seq;
    },
  });
}

export function seqInRange(client: Client, type: string): Rule {
  return {
    ...seqPresent(client, type),
    violate: (trace) => {
      const { payload } = sent(client, type)(trace).at(-1) ?? {};
      if (payload) payload.seq = 256;
    },
  };
}

export function isByte(seq: number | undefined): boolean {
  return seq !== undefined && Number.isInteger(seq) && seq >= 0 && seq <= 255;
}

const numbered = ["NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH"];

/** One more than in the message before it of the same connection, 0 after 255. */
export function seqNext(client: Client, ...types: string[]): Rule {
  return every(`the sequence number of ${types.join(", ")} is one more than before, 0 after 255`, {
    of: sent(client, ...types),
    test: (message, trace) => {
      const previous = sent(
        client,
        ...numbered,
      )(before(trace, message)).findLast(({ connection }) => connection === message.connection)
        ?.payload?.seq;
      return previous !== undefined && message.payload?.seq === (previous + 1) % 256;
    },
    spoil: ({ payload }) => {
      if (payload !== null) payload.seq = ((payload.seq ?? 0) + 2) % 256;
    },
  });
}

export function seqAbsent(what: string, bodies: (trace: Trace) => Body[]): Rule {
  return every(`${what} carries no sequence number`, {
    of: bodies,
    test: ({ payload }) => payload !== null && payload.seq === undefined,
    spoil: ({ payload }) => {
      if (payload !== null) payload.seq = 0;
    },
  });
}

/** Something about each metric of some messages. */
export function metricRule(
  words: string,
  messages: (trace: Trace) => Publish[],
  parts: {
    only?: (metric: WireMetric) => boolean;
    test: (metric: WireMetric) => boolean;
    spoil: (metric: WireMetric) => void;
  },
): Rule {
  const { only = () => true, test, spoil } = parts;
  return every(words, {
    of: (trace) => metricsOf(messages)(trace).filter(({ metric }) => only(metric)),
    test: ({ metric }) => test(metric),
    spoil: ({ metric }) => spoil(metric),
  });
}
