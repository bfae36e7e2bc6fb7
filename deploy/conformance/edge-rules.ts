import {
  acts,
  after,
  before,
  connectOf,
  connects,
  delivery,
  every,
  isByte,
  metricRule,
  metricsOf,
  move,
  named,
  notRetained,
  protobuf,
  qosIs,
  received,
  remove,
  type Rule,
  sendingTime,
  sent,
  seqAbsent,
  seqInRange,
  seqNext,
  seqPresent,
  subscribes,
  topicForm,
  utc,
} from "./rule.ts";
import { type Body, type Connect, type Entry, type Publish, type Trace, typeOf } from "./trace.ts";
import type { WireMetric } from "./wire.ts";

const births = sent("edge", "NBIRTH", "DBIRTH");
const nbirths = sent("edge", "NBIRTH");
const dbirths = sent("edge", "DBIRTH");
const datas = sent("edge", "NDATA", "DDATA");
const all = sent("edge", "NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH");
const counted = sent("edge", "NBIRTH", "DBIRTH", "NDATA", "DDATA", "DDEATH");
const rebirthName = "Node Control/Rebirth";
const int64 = 4;
const boolean = 11;
const datatypeMax = 34;

const wills = (trace: Trace): Body[] =>
  connects("edge")(trace).flatMap(({ will }) => (will === null ? [] : [will]));
const deaths = (trace: Trace): Body[] => [...wills(trace), ...sent("edge", "NDEATH")(trace)];

function idRule(words: string, level: number, bad: string): Rule {
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

function sameIds(): Rule {
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

const value = (metric: WireMetric): bigint | undefined => metric.long_value;

function bdSeqMatches(): Rule {
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

function bdSeqCounts(words: string): Rule {
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

function bdSeqIn(what: string, bodies: (trace: Trace) => Body[]): Rule {
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

function rebirthMetric(words: string, spoil: (metric: WireMetric, birth: Publish) => void): Rule {
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

function complete(type: "NBIRTH" | "DBIRTH"): Rule {
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

function nullOrValue(type: "NBIRTH" | "DBIRTH"): Rule {
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
function declared(data: "NDATA" | "DDATA", words: string): Rule {
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
function birthsFirst(words: string, spoil: (trace: Trace) => void): Rule {
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

const dataBeforeBirths = (type: "NDATA" | "DDATA") => (trace: Trace) => {
  const birth = nbirths(trace)[0];
  const data = sent("edge", type)(trace)[0];
  if (birth && data) move(trace, data, { behind: birth });
};

function firstPublish(words: string): Rule {
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
const hasWill = every("every CONNECT registers the NDEATH as its will", {
  of: connects("edge"),
  test: ({ will }) => will !== null && typeOf(will) === "NDEATH",
  spoil: (connect: Connect) => {
    connect.will = null;
  },
});
const willTopic = willFlag(
  "the will's topic is spBv1.0/<group>/NDEATH/<edge node>",
  ({ topic }) => /^spBv1\.0\/[^/]+\/NDEATH\/[^/]+$/.test(topic),
  (will) => {
    will.topic = will.topic.replace("NDEATH", "DDEATH");
  },
);
const willQos = willFlag(
  "the will has QoS 1",
  ({ qos }) => qos === 1,
  (will) => {
    will.qos = 0;
  },
);
const willRetain = willFlag(
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

function waitsForHost(words: string, spoil: (state: Publish) => void): Rule {
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

const isClosing = (entry: Entry) => entry.client === "edge" && entry.kind === "disconnect";

/** NDEATH, then DISCONNECT, wherever the node leaves by itself. */
function goodbye(words: string, spoil: (entry: Entry, trace: Trace) => void): Rule {
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
const dropDeath = (entry: Entry, trace: Trace) => {
  remove(
    trace,
    (e) =>
      e.kind === "publish" &&
      e.connection === entry.connection &&
      typeOf(e) === "NDEATH" &&
      e.direction === "sent",
  );
};

function leaves(words: string): Rule {
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
function rebirthAfter(trace: Trace, act: Entry): Publish[] {
  const rest = after(trace, act);
  const command = received("edge", "NCMD")(rest)[0];
  return command === undefined ? [] : counted(after(rest, command));
}

function unchangedIsSilent(words: string): Rule {
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
function inOrder(words: string, types: string[]): Rule {
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

function distinct(
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
function lastBirths(trace: Trace): Publish[] {
  const last = nbirths(trace).at(-1);
  return last === undefined
    ? []
    : [
        last,
        ...dbirths(after(trace, last)).filter(({ connection }) => connection === last.connection),
      ];
}

const deviceIds = (trace: Trace) =>
  lastBirths(trace)
    .slice(1)
    .map(({ topic }) => topic);
const copyDevice = (trace: Trace, change: (topic: string) => string) => {
  const last = lastBirths(trace).at(-1);
  if (last) trace.push({ ...structuredClone(last), topic: change(last.topic) });
};
const upper = (topic: string) =>
  topic
    .split("/")
    .map((level, i) => (i === 4 ? level.toUpperCase() : level))
    .join("/");
const metricNames = (trace: Trace) =>
  lastBirths(trace).flatMap(
    ({ topic, payload }) => payload?.metrics.map(({ name }) => `${topic}\n${name}`) ?? [],
  );

/** What each id asks of the edge node, over the recording of the agent. */
export const edgeRules: Record<string, Rule> = {
  "intro-group-id-string": idRule("the group id is a UTF-8 string in the topic", 1, "\ud800"),
  "intro-group-id-chars": idRule("the group id has only characters a topic may have", 1, "a\0"),
  "intro-edge-node-id-string": idRule(
    "the edge node id is a UTF-8 string in the topic",
    3,
    "\ud800",
  ),
  "intro-edge-node-id-chars": idRule(
    "the edge node id has only characters a topic may have",
    3,
    "a\0",
  ),
  "intro-device-id-string": idRule("the device id is a UTF-8 string in the topic", 4, "\ud800"),
  "intro-device-id-chars": idRule("the device id has only characters a topic may have", 4, "a\0"),
  "principles-rbe-recommended": unchangedIsSilent("a value that did not change is not sent again"),
  "principles-birth-certificates-order": firstPublish(
    "the first publish of a connection is an NBIRTH",
  ),
  "principles-persistence-clean-session-311": every(
    "the CONNECT of MQTT 3.1.1 asks for a clean session",
    {
      of: connects("edge"),
      test: ({ clean, protocolVersion }) => clean && protocolVersion === 4,
      spoil: (connect) => {
        connect.clean = false;
      },
    },
  ),
  "topic-structure": every("every topic is namespace/group/type/edge node[/device]", {
    of: all,
    test: ({ topic }) => /^[^/]+\/[^/]+\/[ND](BIRTH|DEATH|DATA)\/[^/]+(\/[^/]+)?$/.test(topic),
    spoil: (message) => {
      message.topic = message.topic.replaceAll("/", ".").replace(".", "/");
      message.topic = `spBv1.0/x/${typeOf(message) || "NBIRTH"}`;
    },
  }),
  "topic-structure-namespace-a": every("the first level of every topic is spBv1.0", {
    of: all,
    test: ({ topic }) => topic.startsWith("spBv1.0/"),
    spoil: (message) => {
      message.topic = message.topic.replace("spBv1.0", "spAv1.0");
    },
  }),
  "topic-structure-namespace-valid-group-id": idRule("no + / # in the group id", 1, "a+b"),
  "topic-structure-namespace-valid-edge-node-id": idRule("no + / # in the edge node id", 3, "a#b"),
  "topic-structure-namespace-valid-device-id": idRule("no + / # in the device id", 4, "a+b"),
  "topic-structure-namespace-unique-device-id": distinct(
    "each device of the node has an id of its own",
    deviceIds,
    (t) => copyDevice(t, (topic) => topic),
  ),
  "topic-structure-namespace-device-id-associated-message-types": every(
    "DBIRTH, DDEATH and DDATA topics end in a device id",
    {
      of: sent("edge", "DBIRTH", "DDEATH", "DDATA"),
      test: ({ topic }) => topic.split("/").length === 5,
      spoil: (message) => {
        message.topic = message.topic.split("/").slice(0, 4).join("/");
      },
    },
  ),
  "topic-structure-namespace-device-id-non-associated-message-types": every(
    "NBIRTH, NDEATH and NDATA topics have no device id",
    {
      of: sent("edge", "NBIRTH", "NDEATH", "NDATA"),
      test: ({ topic }) => topic.split("/").length === 4,
      spoil: (message) => {
        message.topic += "/saw";
      },
    },
  ),
  "topics-nbirth-topic": topicForm("edge", "NBIRTH"),
  "topics-nbirth-mqtt": delivery("edge", "NBIRTH"),
  "topics-nbirth-seq-num": every("the NBIRTH has sequence number 0", {
    of: nbirths,
    test: ({ payload }) => payload?.seq === 0,
    spoil: ({ payload }) => {
      if (payload) payload.seq = 1;
    },
  }),
  "topics-nbirth-timestamp": sendingTime("edge", "NBIRTH"),
  "topics-nbirth-metric-reqs": declared(
    "DDATA",
    "data uses no alias of the node that its births did not declare",
  ),
  "topics-nbirth-metrics": complete("NBIRTH"),
  "topics-nbirth-bdseq-included": bdSeqIn("the NBIRTH", nbirths),
  "topics-nbirth-bdseq-matching": bdSeqMatches(),
  "topics-nbirth-bdseq-increment": bdSeqCounts("bdSeq begins at 0 and counts the CONNECTs"),
  "topics-nbirth-rebirth-metric": rebirthMetric(
    "the NBIRTH has Node Control/Rebirth, Boolean, false",
    (m) => {
      m.datatype = 3;
    },
  ),
  "topics-ndeath-topic": topicForm("edge", "NDEATH"),
  "topics-ndeath-payload": every("an NDEATH carries bdSeq and nothing else", {
    of: deaths,
    test: ({ payload }) => payload?.metrics.length === 1 && payload.metrics[0]?.name === "bdSeq",
    spoil: ({ payload }) => {
      payload?.metrics.push({ name: "more", int_value: 1 });
    },
  }),
  "topics-ndeath-seq": seqAbsent("an NDEATH", deaths),
  "topics-dbirth-topic": topicForm("edge", "DBIRTH"),
  "topics-dbirth-mqtt": delivery("edge", "DBIRTH"),
  "topics-dbirth-seq": seqNext("edge", "DBIRTH"),
  "topics-dbirth-timestamp": sendingTime("edge", "DBIRTH"),
  "topics-dbirth-metric-reqs": declared(
    "DDATA",
    "device data uses only aliases that births declared",
  ),
  "topics-dbirth-metrics": complete("DBIRTH"),
  "topics-ddata-topic": topicForm("edge", "DDATA"),
  "topics-ddata-mqtt": delivery("edge", "DDATA"),
  "topics-ddata-seq-num": seqNext("edge", "DDATA"),
  "topics-ddata-timestamp": sendingTime("edge", "DDATA"),
  "topics-ddata-payload": unchangedIsSilent(
    "device data holds what changed since it was last told",
  ),
  "topics-ddeath-topic": topicForm("edge", "DDEATH"),
  "topics-ddeath-mqtt": delivery("edge", "DDEATH"),
  "topics-ddeath-seq-num": seqNext("edge", "DDEATH"),
  "case-sensitivity-sparkplug-ids": distinct(
    "no two devices differ only by case",
    (t) => deviceIds(t).map((d) => d.toLowerCase()),
    (t) => copyDevice(t, upper),
  ),
  "case-sensitivity-metric-names": distinct(
    "no two metrics differ only by case",
    (t) => metricNames(t).map((n) => n.toLowerCase()),
    (trace) => {
      const { payload } = lastBirths(trace).at(-1) ?? {};
      const name = payload?.metrics[0]?.name;
      if (name) payload?.metrics.push({ name: name.toUpperCase() });
    },
  ),
  "message-flow-edge-node-ncmd-subscribe": every(
    "the node subscribes its NCMD topic with QoS 1 before it is born",
    {
      of: nbirths,
      test: (birth, trace) => {
        const [, group, , node] = birth.topic.split("/");
        return subscribes("edge")(before(trace, birth)).some(
          ({ connection, filters }) =>
            connection === birth.connection &&
            filters.some(
              ({ topic, qos }) => topic === `spBv1.0/${group}/NCMD/${node}` && qos === 1,
            ),
        );
      },
      spoil: (birth, trace) => {
        for (const { filters, connection } of subscribes("edge")(trace)) {
          if (connection === birth.connection) for (const filter of filters) filter.qos = 0;
        }
      },
    },
  ),
  "message-flow-edge-node-birth-publish-connect": every(
    "a birth is published on a connection that was opened",
    {
      of: births,
      test: (birth, trace) => connectOf(before(trace, birth), birth) !== undefined,
      spoil: (birth, trace) => {
        const connect = connectOf(trace, birth);
        if (connect) move(trace, connect, { behind: birth });
      },
    },
  ),
  "message-flow-edge-node-birth-publish-will-message": hasWill,
  "message-flow-edge-node-birth-publish-will-message-topic": willTopic,
  "message-flow-edge-node-birth-publish-will-message-payload": protobuf("the will", wills),
  "message-flow-edge-node-birth-publish-will-message-payload-bdSeq": bdSeqCounts(
    "the will's bdSeq is an Int64 and one more than in the CONNECT before",
  ),
  "message-flow-edge-node-birth-publish-will-message-qos": willQos,
  "message-flow-edge-node-birth-publish-will-message-will-retained": willRetain,
  "message-flow-edge-node-birth-publish-phid-wait": waitsForHost(
    "no birth before the primary host is known to be online",
    (state) => {
      state.connection = -1;
    },
  ),
  "message-flow-edge-node-birth-publish-phid-wait-id": waitsForHost(
    "only the STATE of the configured host id counts",
    (state) => {
      state.topic = "spBv1.0/STATE/another-host";
    },
  ),
  "message-flow-edge-node-birth-publish-phid-wait-online": waitsForHost(
    "only a STATE with online = true counts",
    (state) => {
      (state.state as { online: boolean }).online = false;
    },
  ),
  "message-flow-edge-node-birth-publish-phid-wait-timestamp": {
    ...waitsForHost("a STATE older than the last one does not count", () => {}),
    violate: (trace) => {
      const birth = nbirths(trace)[0];
      if (birth === undefined) return;
      const states = received(
        "edge",
        "STATE",
      )(before(trace, birth)).filter(({ topic }) => topic.endsWith("/millwright"));
      const last = states.at(-1);
      if (last) (last.state as { timestamp: number }).timestamp = 1;
    },
  },
  "message-flow-edge-node-birth-publish-nbirth-topic": topicForm("edge", "NBIRTH"),
  "message-flow-edge-node-birth-publish-nbirth-payload": protobuf("the NBIRTH", nbirths),
  "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq": bdSeqMatches(),
  "message-flow-edge-node-birth-publish-nbirth-qos": qosIs("edge", "NBIRTH", 0),
  "message-flow-edge-node-birth-publish-nbirth-retained": notRetained("edge", "NBIRTH"),
  "message-flow-edge-node-birth-publish-nbirth-payload-seq": seqInRange("edge", "NBIRTH"),
  "message-flow-edge-node-birth-publish-phid-offline": leaves(
    "a valid offline STATE ends the session: NDEATH, DISCONNECT, then a new CONNECT",
  ),
  "operational-behavior-edge-node-intentional-disconnect-ndeath": goodbye(
    "an NDEATH goes out before the node leaves",
    dropDeath,
  ),
  "operational-behavior-edge-node-intentional-disconnect-packet": every(
    "a DISCONNECT follows the NDEATH",
    {
      of: sent("edge", "NDEATH"),
      test: (death, trace) => {
        const next = after(trace, death).find(
          (e) => e.client === "edge" && !(e.kind === "publish" && e.direction === "received"),
        );
        return next?.kind === "disconnect" && next.connection === death.connection;
      },
      spoil: (death, trace) =>
        remove(trace, (e) => isClosing(e) && e.connection === death.connection),
    },
  ),
  "operational-behavior-edge-node-termination-host-offline": leaves(
    "the node disconnects when its host says it is offline",
  ),
  "operational-behavior-edge-node-termination-host-offline-timestamp": every(
    "an offline STATE older than the last does not end the session",
    {
      of: acts("stale death of the host"),
      test: (act, trace) => {
        const rest = after(trace, act).filter(({ client }) => client === "edge");
        const end = rest.findIndex(({ kind }) => kind === "disconnect" || kind === "closed");
        return (
          rest.slice(0, end).filter((e) => e.kind === "publish" && typeOf(e) === "DDATA").length >=
          5
        );
      },
      spoil: (act, trace) => {
        trace.splice(trace.indexOf(act) + 1, 0, {
          kind: "disconnect",
          at: act.at,
          client: "edge",
          connection: 1,
        });
      },
    },
  ),
  "message-flow-device-birth-publish-nbirth-wait": every(
    "a DBIRTH follows an NBIRTH of the same connection",
    {
      of: dbirths,
      test: (birth, trace) =>
        nbirths(before(trace, birth)).some(({ connection }) => connection === birth.connection),
      spoil: (birth, trace) => {
        const first = nbirths(trace).find(({ connection }) => connection === birth.connection);
        if (first) move(trace, birth, { before: first });
      },
    },
  ),
  "message-flow-device-birth-publish-dbirth-topic": topicForm("edge", "DBIRTH"),
  "message-flow-device-birth-publish-dbirth-match-edge-node-topic": sameIds(),
  "message-flow-device-birth-publish-dbirth-payload": protobuf("the DBIRTH", dbirths),
  "message-flow-device-birth-publish-dbirth-qos": qosIs("edge", "DBIRTH", 0),
  "message-flow-device-birth-publish-dbirth-retained": notRetained("edge", "DBIRTH"),
  "message-flow-device-birth-publish-dbirth-payload-seq": seqNext("edge", "DBIRTH"),
  "operational-behavior-device-ddeath": every(
    "a DDEATH is published for each device the node loses",
    {
      of: acts("device lost"),
      test: (act, trace) => {
        const lost = sent(
          "edge",
          "DDEATH",
        )(after(trace, act)).map(({ topic }) => topic.split("/")[4]);
        return lost.includes("saw") && lost.includes("drill");
      },
      spoil: (_act, trace) => remove(trace, (e) => e.kind === "publish" && typeOf(e) === "DDEATH"),
    },
  ),
  "operational-behavior-primary-application-state-with-multiple-servers-single-server": every(
    "the node never holds two connections",
    {
      of: connects("edge"),
      test: (connect, trace) => {
        const earlier = before(trace, connect).filter(({ client }) => client === "edge");
        const open = earlier.filter(({ kind }) => kind === "connect").length;
        return open === earlier.filter(({ kind }) => kind === "closed").length;
      },
      spoil: (connect, trace) => {
        const closed = before(trace, connect).findLast(
          (e) => e.client === "edge" && e.kind === "closed",
        );
        if (closed) move(trace, closed, { behind: connect });
      },
    },
  ),
  "operational-behavior-edge-node-birth-sequence-wait": waitsForHost(
    "the births wait for an online STATE",
    (state) => {
      (state.state as { online: boolean }).online = false;
    },
  ),
  "operational-behavior-data-publish-nbirth": declared(
    "DDATA",
    "the node's births declare every metric that its data names",
  ),
  "operational-behavior-data-publish-nbirth-values": nullOrValue("NBIRTH"),
  "operational-behavior-data-publish-dbirth": declared(
    "DDATA",
    "a device's births declare every metric that its data names",
  ),
  "operational-behavior-data-publish-dbirth-values": nullOrValue("DBIRTH"),
  "operational-behavior-data-publish-dbirth-change": unchangedIsSilent(
    "device data is sent when a metric changed",
  ),
  "operational-behavior-data-publish-dbirth-order": inOrder(
    "live values of a device come in the order of their time",
    ["DBIRTH", "DDATA"],
  ),
  "operational-behavior-data-commands-rebirth-name": rebirthMetric(
    "the NBIRTH has a metric Node Control/Rebirth",
    (m) => {
      m.name = "Rebirth";
    },
  ),
  "operational-behavior-data-commands-rebirth-name-aliases": rebirthMetric(
    "Node Control/Rebirth has no alias",
    (m) => {
      m.alias = 77n;
    },
  ),
  "operational-behavior-data-commands-rebirth-datatype": rebirthMetric(
    "Node Control/Rebirth is Boolean",
    (m) => {
      m.datatype = 12;
    },
  ),
  "operational-behavior-data-commands-rebirth-value": rebirthMetric(
    "Node Control/Rebirth is false",
    (m) => {
      m.boolean_value = true;
    },
  ),
  "operational-behavior-data-commands-rebirth-action-1": every(
    "after a rebirth command an NBIRTH comes before more than a batch of data",
    {
      of: acts("rebirth asked"),
      test: (act, trace) => {
        const rest = rebirthAfter(trace, act);
        // What was handed to the socket before the command was read cannot be called back.
        const birth = rest.findIndex((e) => typeOf(e) === "NBIRTH");
        return birth >= 0 && birth <= 5;
      },
      spoil: (act, trace) => {
        const birth = rebirthAfter(trace, act).find((e) => typeOf(e) === "NBIRTH");
        const late = rebirthAfter(trace, act)
          .filter((e) => typeOf(e) === "DDATA")
          .at(8);
        if (birth && late) move(trace, birth, { behind: late });
      },
    },
  ),
  "operational-behavior-data-commands-rebirth-action-2": every(
    "a rebirth repeats the NBIRTH and every DBIRTH",
    {
      of: acts("rebirth asked"),
      test: (act, trace) => {
        const rest = rebirthAfter(trace, act);
        const from = rest.slice(rest.findIndex((e) => typeOf(e) === "NBIRTH"));
        const devices = from.slice(1, 3).map(({ topic }) => topic.split("/").slice(2).join("/"));
        return devices.every((d) => d.startsWith("DBIRTH/")) && new Set(devices).size === 2;
      },
      spoil: (act, trace) => {
        const rest = rebirthAfter(trace, act);
        const birth = rest.find((e) => typeOf(e) === "DBIRTH");
        remove(trace, (entry) => entry === birth);
      },
    },
  ),
  "operational-behavior-data-commands-rebirth-action-3": every(
    "a rebirth keeps the bdSeq of its connection",
    {
      of: acts("rebirth asked"),
      test: (act, trace) => {
        const birth = rebirthAfter(trace, act).find((e) => typeOf(e) === "NBIRTH");
        const will = birth && connectOf(trace, birth)?.will;
        return (
          named(birth ?? null, "bdSeq")?.long_value === named(will ?? null, "bdSeq")?.long_value
        );
      },
      spoil: (act, trace) => {
        const birth = rebirthAfter(trace, act).find((e) => typeOf(e) === "NBIRTH");
        const metric = named(birth ?? null, "bdSeq");
        if (metric) metric.long_value = 99n;
      },
    },
  ),
  "payloads-timestamp-in-UTC": utc("edge", "NBIRTH", "DBIRTH", "DDATA", "DDEATH"),
  "payloads-sequence-num-always-included": seqPresent(
    "edge",
    "NBIRTH",
    "DBIRTH",
    "DDATA",
    "DDEATH",
  ),
  "payloads-sequence-num-req-nbirth": seqInRange("edge", "NBIRTH"),
  "payloads-sequence-num-incrementing": seqNext("edge", "DBIRTH", "DDATA", "DDEATH"),
  "payloads-name-requirement": metricRule("a metric has a name or an alias", counted, {
    test: ({ name, alias }) => name !== undefined || alias !== undefined,
    spoil: (metric) => {
      delete metric.name;
      delete metric.alias;
    },
  }),
  "payloads-alias-uniqueness": {
    ...distinct(
      "an alias stands for one metric in the whole node",
      (trace) =>
        lastBirths(trace).flatMap(
          ({ payload }) =>
            payload?.metrics.flatMap(({ alias }) => (alias === undefined ? [] : [String(alias)])) ??
            [],
        ),
      (trace) => {
        const aliases = lastBirths(trace).flatMap(
          ({ payload }) => payload?.metrics.filter(({ alias }) => alias !== undefined) ?? [],
        );
        const [first] = aliases;
        const last = aliases.at(-1);
        if (first?.alias !== undefined && last) last.alias = first.alias;
      },
    ),
  },
  "payloads-alias-birth-requirement": metricRule("a birth gives name and alias together", births, {
    only: ({ name }) => name !== "bdSeq" && name !== rebirthName,
    test: ({ name, alias }) => name !== undefined && alias !== undefined,
    spoil: (metric) => {
      delete metric.name;
    },
  }),
  "payloads-alias-data-cmd-requirement": metricRule(
    "data names a metric by its alias alone",
    datas,
    {
      test: ({ name, alias }) => name === undefined && alias !== undefined,
      spoil: (metric) => {
        metric.name = "count.good";
      },
    },
  ),
  "payloads-name-birth-data-requirement": metricRule(
    "every metric of births and data has its time",
    sent("edge", "NBIRTH", "DBIRTH", "DDATA"),
    {
      test: ({ timestamp }) => timestamp !== undefined && timestamp > 0,
      spoil: (metric) => {
        delete metric.timestamp;
      },
    },
  ),
  "payloads-metric-timestamp-in-UTC": every("the time of a live metric is UTC", {
    of: metricsOf(sent("edge", "DDATA")),
    test: ({ message, metric }) =>
      metric.is_historical === true || Math.abs((metric.timestamp ?? 0) - message.at) < 60_000,
    spoil: ({ metric }) => {
      metric.is_historical = false;
      metric.timestamp = (metric.timestamp ?? 0) + 3_600_000;
    },
  }),
  "payloads-metric-datatype-value-type": metricRule(
    "a datatype is an unsigned 32-bit integer",
    births,
    {
      test: ({ datatype = -1 }) =>
        Number.isInteger(datatype) && datatype >= 0 && datatype < 2 ** 32,
      spoil: (metric) => {
        metric.datatype = 2 ** 32;
      },
    },
  ),
  "payloads-metric-datatype-value": metricRule("a datatype is one of the 34", births, {
    test: ({ datatype = 0 }) => datatype >= 1 && datatype <= datatypeMax,
    spoil: (metric) => {
      metric.datatype = 35;
    },
  }),
  "payloads-metric-datatype-req": metricRule("births give each metric its datatype", births, {
    test: ({ datatype }) => datatype !== undefined,
    spoil: (metric) => {
      delete metric.datatype;
    },
  }),
  "payloads-metric-datatype-not-req": metricRule("data leaves the datatype out", datas, {
    test: ({ datatype }) => datatype === undefined,
    spoil: (metric) => {
      metric.datatype = 7;
    },
  }),
  "payloads-propertyset-keys-array-size": propertyRule(
    "a property set has as many keys as values",
    (set) => {
      set.keys.push("more");
    },
  ),
  "payloads-propertyset-values-array-size": propertyRule(
    "a property set has as many values as keys",
    (set) => {
      set.values.push({ type: 3, int_value: 0 });
    },
  ),
  "payloads-metric-propertyvalue-type-type": propertyRule(
    "a property's type is an unsigned 32-bit integer",
    (set) => {
      if (set.values[0]) set.values[0].type = -1;
    },
  ),
  "payloads-metric-propertyvalue-type-value": propertyRule(
    "a property's type is a basic or a property type",
    (set) => {
      if (set.values[0]) set.values[0].type = 17;
    },
  ),
  "payloads-metric-propertyvalue-type-req": propertyRule(
    "a birth's property gives its type",
    (set) => {
      if (set.values[0]) delete set.values[0].type;
    },
  ),
  "payloads-propertyset-quality-value-type": qualityRule("Quality is an Int32", (value) => {
    value.type = 4;
  }),
  "payloads-propertyset-quality-value-value": qualityRule("Quality is 0, 192 or 500", (value) => {
    value.int_value = 42;
  }),
  "payloads-nbirth-timestamp": sendingTime("edge", "NBIRTH"),
  "payloads-nbirth-seq": seqInRange("edge", "NBIRTH"),
  "payloads-nbirth-bdseq": bdSeqIn("every NBIRTH", nbirths),
  "payloads-nbirth-bdseq-repeat": bdSeqMatches(),
  "payloads-nbirth-rebirth-req": rebirthMetric(
    "every NBIRTH has Node Control/Rebirth = false",
    (m) => {
      m.boolean_value = true;
    },
  ),
  "payloads-nbirth-qos": qosIs("edge", "NBIRTH", 0),
  "payloads-nbirth-retain": notRetained("edge", "NBIRTH"),
  "payloads-dbirth-timestamp": sendingTime("edge", "DBIRTH"),
  "payloads-dbirth-seq": seqPresent("edge", "DBIRTH"),
  "payloads-dbirth-seq-inc": seqNext("edge", "DBIRTH"),
  "payloads-dbirth-order": birthsFirst(
    "DBIRTHs follow the NBIRTH before any data",
    dataBeforeBirths("DDATA"),
  ),
  "payloads-dbirth-qos": qosIs("edge", "DBIRTH", 0),
  "payloads-dbirth-retain": notRetained("edge", "DBIRTH"),
  "payloads-ddata-timestamp": sendingTime("edge", "DDATA"),
  "payloads-ddata-seq": seqPresent("edge", "DDATA"),
  "payloads-ddata-seq-inc": seqNext("edge", "DDATA"),
  "payloads-ddata-order": birthsFirst(
    "no DDATA before all births are out",
    dataBeforeBirths("DDATA"),
  ),
  "payloads-ddata-qos": qosIs("edge", "DDATA", 0),
  "payloads-ddata-retain": notRetained("edge", "DDATA"),
  "payloads-ndeath-seq": seqAbsent("an NDEATH, will or published,", deaths),
  "payloads-ndeath-will-message": hasWill,
  "payloads-ndeath-will-message-qos": willQos,
  "payloads-ndeath-will-message-retain": willRetain,
  "payloads-ndeath-bdseq": bdSeqMatches(),
  "payloads-ndeath-will-message-publisher": goodbye(
    "the node publishes an NDEATH before it leaves on purpose",
    dropDeath,
  ),
  "payloads-ndeath-will-message-publisher-disconnect-mqtt311": goodbye(
    "with MQTT 3.1.1 an NDEATH stands before every DISCONNECT",
    dropDeath,
  ),
  "payloads-ddeath-timestamp": sendingTime("edge", "DDEATH"),
  "payloads-ddeath-seq": seqPresent("edge", "DDEATH"),
  "payloads-ddeath-seq-inc": seqNext("edge", "DDEATH"),
  "payloads-ddeath-seq-number": seqPresent("edge", "DDEATH"),
};

type PropertySet = NonNullable<WireMetric["properties"]>;

/** Basic types, UUID, PropertySet and PropertySetList. */
function isPropertyType(type: number | undefined): boolean {
  return type !== undefined && ((type >= 1 && type <= 15) || type === 20 || type === 21);
}

function propertyRule(words: string, spoil: (set: PropertySet) => void): Rule {
  return metricRule(words, births, {
    only: ({ properties }) => properties !== undefined,
    test: ({ properties }) =>
      properties !== undefined &&
      properties.keys.length === properties.values.length &&
      properties.values.every(({ type }) => isPropertyType(type)),
    spoil: ({ properties }) => {
      if (properties) spoil(properties);
    },
  });
}

function qualityOf({ properties }: WireMetric): PropertySet["values"][number] | undefined {
  const at = properties?.keys.indexOf("Quality") ?? -1;
  return at < 0 ? undefined : properties?.values[at];
}

function qualityRule(words: string, spoil: (value: PropertySet["values"][number]) => void): Rule {
  return metricRule(words, counted, {
    only: (metric) => qualityOf(metric) !== undefined,
    test: (metric) => {
      const quality = qualityOf(metric);
      return quality?.type === 3 && [0, 192, 500].includes(quality.int_value ?? -1);
    },
    spoil: (metric) => {
      const quality = qualityOf(metric);
      if (quality) spoil(quality);
    },
  });
}

/** The order rules for node data, over the recording that has some. */
export const nodeDataRules: Record<string, Rule> = {
  "topics-ndata-topic": topicForm("edge", "NDATA"),
  "topics-ndata-mqtt": delivery("edge", "NDATA"),
  "topics-ndata-seq-num": seqNext("edge", "NDATA"),
  "topics-ndata-timestamp": sendingTime("edge", "NDATA"),
  "operational-behavior-data-publish-nbirth-order": inOrder(
    "live values of the node come in the order of their time",
    ["NBIRTH", "NDATA"],
  ),
  "payloads-ndata-timestamp": sendingTime("edge", "NDATA"),
  "payloads-ndata-seq": seqPresent("edge", "NDATA"),
  "payloads-ndata-seq-inc": seqNext("edge", "NDATA"),
  "payloads-ndata-order": birthsFirst(
    "no NDATA before all births are out",
    dataBeforeBirths("NDATA"),
  ),
  "payloads-ndata-qos": qosIs("edge", "NDATA", 0),
  "payloads-ndata-retain": notRetained("edge", "NDATA"),
};
