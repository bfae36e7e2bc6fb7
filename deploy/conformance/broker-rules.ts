import { connects, effects, every, received, remove, type Rule, sent, subscribes } from "./rule.ts";
import { type Publish, type Trace, typeOf } from "./trace.ts";

const root = "$sparkplug/certificates/";
const certificates = (type: string) => (trace: Trace) =>
  trace.filter(
    (e): e is Publish =>
      e.kind === "publish" &&
      e.direction === "received" &&
      e.client === "peer" &&
      e.topic.startsWith(root) &&
      e.topic.split("/")[4] === type,
  );
const delivered = (trace: Trace) => effects("delivered to the host")(trace).map(({ node }) => node);

/** Every birth is served under its certificate topic, with the same metrics. */
function served(words: string, type: "NBIRTH" | "DBIRTH"): Rule {
  return every(words, {
    of: sent("foreign", type),
    test: ({ topic, payload }, trace) =>
      certificates(type)(trace).some(
        (kept) =>
          kept.topic === `${root}${topic}` &&
          kept.payload?.metrics.length === payload?.metrics.length,
      ),
    spoil: (_birth, trace) => {
      for (const kept of certificates(type)(trace)) kept.topic = kept.topic.replace(type, "DATA");
    },
  });
}

function keptRetained(type: "NBIRTH" | "DBIRTH"): Rule {
  return every(`a kept ${type} is served with the retain flag`, {
    of: certificates(type),
    test: ({ retain }) => retain,
    spoil: (kept) => {
      kept.retain = false;
    },
  });
}

const willDelivered = every("the broker delivers the will of a client that is cut off", {
  of: (trace) => trace.filter((e) => e.kind === "closed" && e.client === "foreign"),
  test: (closed, trace) => {
    const will = connects("foreign")(trace).find((c) => c.connection === closed.connection)?.will;
    return delivered(trace).includes(will?.topic ?? "");
  },
  spoil: (_closed, trace) =>
    remove(trace, (e) => e.kind === "effect" && e.node.includes("/NDEATH/")),
});

/** Two connections never speak for one edge node: the login is the descriptor. */
const oneDescriptor = (words: string) =>
  every(words, {
    of: sent("foreign", "NBIRTH", "DBIRTH", "DDATA"),
    test: ({ topic, connection }, trace) => {
      const [, group, , node] = topic.split("/");
      const connect = connects("foreign")(trace).find((c) => c.connection === connection);
      return connect?.username === `${group}/${node}` && delivered(trace).includes(topic);
    },
    spoil: (message) => {
      message.topic = message.topic.replace("lathe", "listener");
    },
  });

const states = received("peer", "STATE");

/** Rules for the embedded broker, over its recording. */
export const brokerRules: Record<string, Rule> = {
  "intro-edge-node-id-uniqueness": oneDescriptor(
    "who publishes as an edge node logged in as that node",
  ),
  "topic-structure-namespace-unique-edge-node-descriptor": oneDescriptor(
    "group and edge node id belong to one login",
  ),
  "payloads-nbirth-edge-node-descriptor": oneDescriptor(
    "a birth comes from the login of its descriptor",
  ),
  "conformance-mqtt-qos0": every("QoS 0 is delivered both ways", {
    of: sent("foreign", "NBIRTH", "DBIRTH", "DDATA"),
    test: ({ qos, topic }, trace) =>
      qos === 0 &&
      delivered(trace).includes(topic) &&
      received("foreign", "NCMD")(trace).length > 0,
    spoil: ({ topic }, trace) => remove(trace, (e) => e.kind === "effect" && e.node === topic),
  }),
  "conformance-mqtt-qos1": every("QoS 1 is granted and delivered", {
    of: (trace) =>
      subscribes("peer")(trace).filter(({ filters }) => filters.some(({ qos }) => qos === 1)),
    test: (_entry, trace) => states(trace).some(({ qos, retain }) => qos === 1 && !retain),
    spoil: (_entry, trace) => {
      for (const state of states(trace)) state.qos = 0;
    },
  }),
  "conformance-mqtt-will-messages": willDelivered,
  "conformance-mqtt-retained": every(
    "a late subscriber gets the retained message, an early one a plain one",
    {
      of: (trace) => [states(trace)],
      test: ([first, second]) => first?.retain === true && second?.retain === false,
      spoil: ([first]) => {
        if (first) first.retain = false;
      },
    },
  ),
  "conformance-mqtt-aware-basic": willDelivered,
  "conformance-mqtt-aware-store": {
    ...every("births that pass are kept for whoever comes late", {
      of: sent("foreign", "NBIRTH", "DBIRTH"),
      test: (birth, trace) => certificates(typeOf(birth))(trace).length > 0,
      spoil: (_birth, trace) =>
        remove(trace, (e) => e.kind === "publish" && e.topic.startsWith(root)),
    }),
  },
  "conformance-mqtt-aware-nbirth-mqtt-topic": served(
    "an NBIRTH is served on its certificate topic",
    "NBIRTH",
  ),
  "conformance-mqtt-aware-nbirth-mqtt-retain": keptRetained("NBIRTH"),
  "conformance-mqtt-aware-dbirth-mqtt-topic": served(
    "a DBIRTH is served on its certificate topic",
    "DBIRTH",
  ),
  "conformance-mqtt-aware-dbirth-mqtt-retain": keptRetained("DBIRTH"),
};
