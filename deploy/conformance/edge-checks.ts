import {
  acts,
  after,
  before,
  connectOf,
  connects,
  every,
  isByte,
  metricRule,
  metricsOf,
  move,
  named,
  received,
  remove,
  type Rule,
  sent,
} from "./rule.ts";
import { type Body, type Connect, type Entry, type Publish, type Trace, typeOf } from "./trace.ts";
import type { WireMetric } from "./wire.ts";

export const births = sent("edge", "NBIRTH", "DBIRTH");
export const nbirths = sent("edge", "NBIRTH");
export const dbirths = sent("edge", "DBIRTH");
export const datas = sent("edge", "NDATA", "DDATA");
export const all = sent("edge", "NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH");
export const counted = sent("edge", "NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH");
export const rebirthName = "Node Control/Rebirth";
const int64 = 4;
export const boolean = 11;
export const datatypeMax = 34;

export const wills = (trace: Trace): Body[] =>
  connects("edge")(trace).flatMap(({ will }) => (will === null ? [] : [will]));
export const deaths = (trace: Trace): Body[] => [...wills(trace), ...sent("edge", "NDEATH")(trace)];

export function idRule(words: string, level: number, bad: string): Rule {
  return every(words, {
    of: (trace) => all(trace).filter(({ topic }) => topic.split("/").length > level),
    test: ({ topic }) => {
      const id = topic.split("/")[level] ?? "";
      const isLegal = id !== "" && !/[+#\0]/.test(id) && id.isWellFormed();
      return isLegal && topic.split("/").length <= 5;
    },
    spoil: (message) => {
      const levels = message.topic.split("/");
      levels[level] = bad;
      message.topic = levels.join("/");
    },
  });
}

export function sameIds(): Rule {
  return every("a DBIRTH names the group and edge node of the NBIRTH before it", {
    of: dbirths,
    test: (message, trace) => {
      const [, group, , node] = message.topic.split("/");
      const birth = nbirths(before(trace, message)).at(-1)?.topic.split("/");
      return birth?.[1] === group && birth?.[3] === node;
    },
    spoil: (message) => {
      message.topic = message.topic.replace(/^spBv1\.0\/[^/]+/, "spBv1.0/elsewhere");
    },
  });
}

export const value = (metric: WireMetric): bigint | undefined => metric.long_value;

export function bdSeqMatches(): Rule {
  return every("the NBIRTH repeats the bdSeq of its connection's will", {
    of: nbirths,
    test: (birth, trace) => {
      const [mine, will] = [birth, connectOf(trace, birth)?.will ?? null].map((body) =>
        named(body, "bdSeq"),
      );
      return mine !== undefined && will !== undefined && value(mine) === value(will);
    },
    spoil: (birth) => {
      const metric = named(birth, "bdSeq");
      if (metric) metric.long_value = (metric.long_value ?? 0n) + 1n;
    },
  });
}

export function bdSeqCounts(words: string): Rule {
  return every(words, {
    of: connects("edge"),
    test: (connect, trace) => {
      const metric = named(connect.will, "bdSeq");
      const index = connects("edge")(trace).indexOf(connect);
      return metric?.datatype === int64 && value(metric) === BigInt(index % 256);
    },
    spoil: ({ will }) => {
      const metric = named(will, "bdSeq");
      if (metric) metric.long_value = 17n;
    },
  });
}

export function bdSeqIn(what: string, bodies: (trace: Trace) => Body[]): Rule {
  return every(`${what} carries a bdSeq metric of type Int64 from 0 to 255`, {
    of: bodies,
    test: (body) => {
      const metric = named(body, "bdSeq");
      return metric?.datatype === int64 && isByte(Number(metric.long_value));
    },
    spoil: ({ payload }) => {
      if (payload) payload.metrics = payload.metrics.filter(({ name }) => name !== "bdSeq");
    },
  });
}

export function rebirthMetric(
  words: string,
  spoil: (metric: WireMetric, birth: Publish) => void,
): Rule {
  return every(words, {
    of: nbirths,
    test: (birth) => {
      const metric = named(birth, rebirthName);
      return (
        metric?.datatype === boolean && metric.boolean_value === false && metric.alias === undefined
      );
    },
    spoil: (birth) => {
      const metric = named(birth, rebirthName);
      if (metric) spoil(metric, birth);
    },
  });
}

const hasValue = (metric: WireMetric): boolean =>
  [
    metric.int_value,
    metric.long_value,
    metric.float_value,
    metric.double_value,
    metric.boolean_value,
    metric.string_value,
    metric.bytes_value,
    metric.dataset_value,
    metric.template_value,
  ].some((field) => field !== undefined);

export function complete(type: "NBIRTH" | "DBIRTH"): Rule {
  return metricRule(
    `each metric of a ${type} has a name, a datatype and a value`,
    sent("edge", type),
    {
      test: (metric) =>
        metric.name !== undefined &&
        metric.datatype !== undefined &&
        (hasValue(metric) || metric.is_null === true),
      spoil: (metric) => {
        delete metric.datatype;
      },
    },
  );
}

export function nullOrValue(type: "NBIRTH" | "DBIRTH"): Rule {
  const words = `a metric of a ${type} has a value, or is_null and none`;
  return metricRule(words, sent("edge", type), {
    test: (metric) => hasValue(metric) !== (metric.is_null === true),
    spoil: (metric) => {
      metric.is_null = true;
      metric.int_value = 1;
    },
  });
}

/** Every alias or name in DATA was declared by a birth of this connection that came before. */
export function declared(data: "NDATA" | "DDATA", words: string): Rule {
  return every(words, {
    of: sent("edge", data),
    test: (message, trace) => {
      const known = births(before(trace, message)).filter(
        ({ connection }) => connection === message.connection,
      );
      const aliases = new Set(
        known.flatMap(({ payload }) => payload?.metrics.map(({ alias }) => alias) ?? []),
      );
      return (message.payload?.metrics ?? []).every(({ alias }) => aliases.has(alias));
    },
    spoil: ({ payload }) => {
      if (payload?.metrics[0]) payload.metrics[0].alias = 999_999n;
    },
  });
}

/** Births of a connection: NBIRTH, then every DBIRTH, then anything else. */
export function birthsFirst(words: string, spoil: (trace: Trace) => void): Rule {
  const rule = every(words, {
    of: nbirths,
    test: (birth, trace) => {
      const own = counted(trace).filter(({ connection }) => connection === birth.connection);
      const rest = own.slice(own.indexOf(birth) + 1).map(typeOf);
      const firstData = rest.findIndex((type) => type.endsWith("DATA"));
      const devices = new Set(
        dbirths(before(trace, birth)).map(({ topic }) => topic.split("/")[4] ?? ""),
      );
      const following = rest.slice(0, firstData < 0 ? rest.length : firstData);
      const born = following.filter((type) => type === "DBIRTH").length;
      return typeOf(own[0] ?? birth) === "NBIRTH" && born >= Math.max(1, devices.size);
    },
    spoil: () => {},
  });
  return { ...rule, violate: spoil };
}

export const dataBeforeBirths = (type: "NDATA" | "DDATA") => (trace: Trace) => {
  const birth = nbirths(trace)[0];
  const data = sent("edge", type)(trace)[0];
  if (birth && data) move(trace, data, { behind: birth });
};

export function firstPublish(words: string): Rule {
  return every(words, {
    of: connects("edge"),
    test: (connect, trace) => {
      const own = all(trace).filter(({ connection }) => connection === connect.connection);
      return own.length === 0 || typeOf(own[0] ?? { topic: "" }) === "NBIRTH";
    },
    spoil: (connect, trace) => {
      const birth = nbirths(trace).find(({ connection }) => connection === connect.connection);
      const data = datas(trace).find(({ connection }) => connection === connect.connection);
      if (birth && data) move(trace, data, { before: birth });
    },
  });
}

function willFlag(words: string, test: (will: Body) => boolean, spoil: (will: Body) => void): Rule {
  return every(words, {
    of: connects("edge"),
    test: ({ will }) => will !== null && test(will),
    spoil: ({ will }) => {
      if (will) spoil(will);
    },
  });
}
export const hasWill = every("every CONNECT registers the NDEATH as its will", {
  of: connects("edge"),
  test: ({ will }) => will !== null && typeOf(will) === "NDEATH",
  spoil: (connect: Connect) => {
    connect.will = null;
  },
});
export const willTopic = willFlag(
  "the will's topic is spBv1.0/<group>/NDEATH/<edge node>",
  ({ topic }) => /^spBv1\.0\/[^/]+\/NDEATH\/[^/]+$/.test(topic),
  (will) => {
    will.topic = will.topic.replace("NDEATH", "DDEATH");
  },
);
export const willQos = willFlag(
  "the will has QoS 1",
  ({ qos }) => qos === 1,
  (will) => {
    will.qos = 0;
  },
);
export const willRetain = willFlag(
  "the will is not retained",
  ({ retain }) => !retain,
  (will) => {
    will.retain = true;
  },
);

/** STATE messages the edge node heard for its host before an entry, newest last. */
function statesBefore(
  trace: Trace,
  entry: Entry,
  hostId = "millwright",
): { online: boolean; timestamp: number }[] {
  return received(
    "edge",
    "STATE",
  )(before(trace, entry))
    .filter(
      ({ topic, connection }) =>
        topic === `spBv1.0/STATE/${hostId}` && connection === entry.connection,
    )
    .map(({ state }) => state as { online: boolean; timestamp: number });
}

export function waitsForHost(words: string, spoil: (state: Publish) => void): Rule {
  return every(words, {
    of: nbirths,
    test: (birth, trace) => {
      let current: { online: boolean; timestamp: number } | null = null;
      for (const state of statesBefore(trace, birth)) {
        if (current === null || state.timestamp >= current.timestamp) current = state;
      }
      return current?.online === true;
    },
    spoil: (birth, trace) => {
      for (const state of received("edge", "STATE")(before(trace, birth))) {
        if (state.connection === birth.connection && state.topic.endsWith("/millwright"))
          spoil(state);
      }
    },
  });
}

export const isClosing = (entry: Entry) => entry.client === "edge" && entry.kind === "disconnect";

/** NDEATH, then DISCONNECT, wherever the node leaves by itself. */
export function goodbye(words: string, spoil: (entry: Entry, trace: Trace) => void): Rule {
  return every(words, {
    of: (trace) => trace.filter(isClosing),
    test: (entry, trace) => {
      const own = before(trace, entry).filter(
        (e) =>
          e.client === "edge" &&
          e.connection === entry.connection &&
          !(e.kind === "publish" && e.direction === "received"),
      );
      const last = own.at(-1);
      return last?.kind === "publish" && typeOf(last) === "NDEATH";
    },
    spoil,
  });
}
export const dropDeath = (entry: Entry, trace: Trace) => {
  remove(
    trace,
    (e) =>
      e.kind === "publish" &&
      e.connection === entry.connection &&
      typeOf(e) === "NDEATH" &&
      e.direction === "sent",
  );
};

export function leaves(words: string): Rule {
  return every(words, {
    of: acts("host offline"),
    test: (act, trace) => {
      const rest = after(trace, act).filter(({ client }) => client === "edge");
      const death = rest.findIndex((e) => e.kind === "publish" && typeOf(e) === "NDEATH");
      const end = rest.findIndex((e) => e.kind === "disconnect");
      const next = rest.findIndex((e) => e.kind === "connect");
      return death >= 0 && death < end && end < next;
    },
    spoil: (act, trace) => {
      const end = after(trace, act).find((e) => e.client === "edge" && e.kind === "disconnect");
      remove(trace, (entry) => entry === end);
    },
  });
}

/** Messages that follow a rebirth command, from the next NBIRTH on. */
export function rebirthAfter(trace: Trace, act: Entry): Publish[] {
  const rest = after(trace, act);
  const command = received("edge", "NCMD")(rest)[0];
  return command === undefined ? [] : counted(after(rest, command));
}

export function unchangedIsSilent(words: string): Rule {
  return every(words, {
    of: (trace) =>
      metricsOf(sent("edge", "DDATA"))(trace).filter(({ metric }) => metric.is_historical !== true),
    test: ({ message, metric }, trace) => {
      const earlier = counted(before(trace, message))
        .filter(({ connection }) => connection === message.connection)
        .slice(-60);
      const last = earlier
        .filter((e) => typeOf(e) === "DDATA")
        .flatMap(({ payload }) => payload?.metrics ?? [])
        .findLast(({ alias }) => alias === metric.alias);
      return last === undefined || JSON.stringify(plain(last)) !== JSON.stringify(plain(metric));
    },
    spoil: ({ message, metric }, trace) => {
      const copy = structuredClone(message);
      copy.payload = { metrics: [structuredClone(metric)], seq: 0 };
      trace.splice(trace.indexOf(message) + 1, 0, copy);
      metric.is_historical = false;
    },
  });
}

function plain({
  int_value,
  long_value,
  double_value,
  boolean_value,
  string_value,
  is_null,
  properties,
}: WireMetric) {
  return [
    int_value,
    String(long_value),
    double_value,
    boolean_value,
    string_value,
    is_null,
    properties,
  ];
}

/** Live values of one metric never go back in time within a message, nor from one to the next. */
export function inOrder(words: string, types: string[]): Rule {
  return every(words, {
    of: sent("edge", ...types),
    test: (message, trace) =>
      (message.payload?.metrics ?? [])
        .filter((metric) => metric.is_historical !== true && metric.alias !== undefined)
        .every(({ alias, timestamp }) => {
          const last = sent(
            "edge",
            ...types,
          )(before(trace, message))
            .slice(-20)
            .filter(({ connection }) => connection === message.connection)
            .flatMap(({ payload }) => payload?.metrics ?? [])
            .findLast((metric) => metric.alias === alias && metric.is_historical !== true);
          return last === undefined || (last.timestamp ?? 0) <= (timestamp ?? 0);
        }),
    spoil: (message) => {
      for (const metric of message.payload?.metrics ?? []) metric.timestamp = 1;
    },
  });
}

export function distinct(
  words: string,
  keys: (trace: Trace) => string[],
  spoil: (trace: Trace) => void,
): Rule {
  return {
    words,
    fault: (trace) => {
      const list = keys(trace);
      if (list.length < 2) return "the recording shows too few";
      return new Set(list).size === list.length ? null : "one comes twice";
    },
    violate: spoil,
  };
}

/** Births from the last NBIRTH on, until data. */
export function lastBirths(trace: Trace): Publish[] {
  const last = nbirths(trace).at(-1);
  return last === undefined
    ? []
    : [
        last,
        ...dbirths(after(trace, last)).filter(({ connection }) => connection === last.connection),
      ];
}

export const deviceIds = (trace: Trace) =>
  lastBirths(trace)
    .slice(1)
    .map(({ topic }) => topic);
export const copyDevice = (trace: Trace, change: (topic: string) => string) => {
  const last = lastBirths(trace).at(-1);
  if (last) trace.push({ ...structuredClone(last), topic: change(last.topic) });
};
export const upper = (topic: string) =>
  topic
    .split("/")
    .map((level, i) => (i === 4 ? level.toUpperCase() : level))
    .join("/");
export const metricNames = (trace: Trace) =>
  lastBirths(trace).flatMap(
    ({ topic, payload }) => payload?.metrics.map(({ name }) => `${topic}\n${name}`) ?? [],
  );
