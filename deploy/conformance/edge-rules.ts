import {
  births,
  nbirths,
  dbirths,
  all,
  wills,
  deaths,
  idRule,
  sameIds,
  bdSeqMatches,
  bdSeqCounts,
  bdSeqIn,
  rebirthMetric,
  complete,
  nullOrValue,
  declared,
  birthsFirst,
  dataBeforeBirths,
  firstPublish,
  hasWill,
  willTopic,
  willQos,
  willRetain,
  waitsForHost,
  isClosing,
  goodbye,
  dropDeath,
  leaves,
  rebirthAfter,
  unchangedIsSilent,
  inOrder,
  distinct,
  lastBirths,
  deviceIds,
  copyDevice,
  upper,
  metricNames,
} from "./edge-checks.ts";
import {
  acts,
  after,
  before,
  connectOf,
  connects,
  delivery,
  every,
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
} from "./rule.ts";
import { typeOf } from "./trace.ts";

/**
 * What each id asks of the edge node, over the recording of the agent; those of the payload chapter
 * are in edge-payload-rules.ts.
 */
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
};

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
