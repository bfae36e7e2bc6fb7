import {
  acts,
  after,
  before,
  connects,
  delivery,
  effects,
  every,
  notRetained,
  qosIs,
  received,
  remove,
  type Rule,
  sendingTime,
  sent,
  seqAbsent,
  subscribes,
  topicForm,
} from "./rule.ts";
import { type Body, type Connect, type Entry, type Publish, type Trace, typeOf } from "./trace.ts";

type State = { online: boolean; timestamp: number };

const topic = "spBv1.0/STATE/millwright";
/** Clocks are one and the same here; only scheduling stands between. */
const clockMsMax = 3000;

const stateOf = (body: Body | null): Partial<State> =>
  typeof body?.state === "object" && body.state !== null ? body.state : {};
const says = (online: boolean) => (trace: Trace) =>
  sent("host", "STATE")(trace).filter((message) => stateOf(message).online === online);
const births = says(true);
const deaths = says(false);
const commands = sent("host", "NCMD");
const rebirths = (trace: Trace) =>
  commands(trace).filter(({ payload }) =>
    payload?.metrics.some(({ name }) => name === "Node Control/Rebirth"),
  );
const isOwn = (entry: Entry) =>
  entry.client === "host" &&
  entry.kind !== "effect" &&
  !(entry.kind === "publish" && entry.direction === "received");

function isStateOf(body: Body | null, online: boolean): boolean {
  const { online: said, timestamp } = stateOf(body);
  return said === online && Number.isInteger(timestamp);
}

function message(
  words: string,
  of: (trace: Trace) => Publish[],
  test: (message: Publish) => boolean,
  spoil: (message: Publish) => void,
): Rule {
  return every(words, { of, test, spoil });
}
const spoilTopic = (body: Body) => {
  body.topic = "spBv1.0/STATE/somebody/else";
};
const spoilState = (body: Body) => {
  body.state = "ONLINE";
};

const birthTopic = message(
  "the birth's topic is spBv1.0/STATE/<host>",
  births,
  (m) => m.topic === topic,
  spoilTopic,
);
const deathTopic = message(
  "the death's topic is spBv1.0/STATE/<host>",
  deaths,
  (m) => m.topic === topic,
  spoilTopic,
);
const qos1 = (of: (trace: Trace) => Publish[], what: string) =>
  message(
    `${what} has QoS 1`,
    of,
    ({ qos }) => qos === 1,
    (m) => {
      m.qos = 0;
    },
  );
const retained = (of: (trace: Trace) => Publish[], what: string) =>
  message(
    `${what} is retained`,
    of,
    ({ retain }) => retain,
    (m) => {
      m.retain = false;
    },
  );

function will(
  words: string,
  test: (will: Body, connect: Connect) => boolean,
  spoil: (connect: Connect) => void,
): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect) => connect.will !== null && test(connect.will, connect),
    spoil,
  });
}
const onWill = (spoil: (body: Body) => void) => (connect: Connect) => {
  if (connect.will) spoil(connect.will);
};
const hasWill = will(
  "every CONNECT has a will",
  () => true,
  (connect) => {
    connect.will = null;
  },
);
const willTopic = will(
  "the will's topic is spBv1.0/STATE/<host>",
  (w) => w.topic === topic,
  onWill(spoilTopic),
);
const willQos = will(
  "the will has QoS 1",
  ({ qos }) => qos === 1,
  onWill((w) => {
    w.qos = 0;
  }),
);
const willRetain = will(
  "the will is retained",
  ({ retain }) => retain,
  onWill((w) => {
    w.retain = false;
  }),
);
const willPayload = will(
  "the will is JSON with online = false and a timestamp",
  (w) => isStateOf(w, false),
  onWill(spoilState),
);
const birthPayload: Rule = {
  ...every("the birth is JSON with online = true and a timestamp", {
    of: connects("host"),
    test: (connect, trace) => isStateOf(firstOf(trace, connect), true),
    spoil: () => {},
  }),
  violate: (trace) => births(trace).forEach(spoilState),
};
const deathPayload: Rule = {
  ...every("the death is JSON with online = false and a timestamp", {
    of: acts("asked to stop"),
    test: (act, trace) => isStateOf(sent("host", "STATE")(after(trace, act))[0] ?? null, false),
    spoil: () => {},
  }),
  violate: (trace) => deaths(trace).forEach(spoilState),
};

/** The first message of a connection. */
function firstOf(trace: Trace, { connection }: Connect): Publish | null {
  return (
    sent("host", "STATE", "NCMD", "DCMD")(trace).find((m) => m.connection === connection) ?? null
  );
}

function birthFirst(words: string): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect, trace) => isStateOf(firstOf(trace, connect), true),
    spoil: (connect, trace) => {
      const first = firstOf(trace, connect);
      if (first) Object.assign(first, { topic: "spBv1.0/plant-h/NCMD/lathe", state: null });
    },
  });
}

function covers(filter: string, wanted: string): boolean {
  return filter === wanted || filter === "spBv1.0/#";
}

/** Own STATE and namespace are subscribed between CONNECT and the birth. */
function subscribedFirst(words: string, needed: "state" | "both"): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect, trace) => {
      const birth = firstOf(trace, connect);
      if (birth === null) return false;
      const filters = subscribes("host")(before(trace, birth))
        .filter(({ connection }) => connection === connect.connection)
        .flatMap((entry) => entry.filters.map((filter) => filter.topic));
      const hasState = filters.some((filter) => covers(filter, topic));
      return (
        hasState && (needed === "state" || filters.some((filter) => filter.startsWith("spBv1.0/")))
      );
    },
    spoil: (connect, trace) =>
      remove(
        trace,
        (e) => e.kind === "subscribe" && e.client === "host" && e.connection === connect.connection,
      ),
  });
}

function bornAfterConnect(words: string): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect, trace) =>
      births(trace).some(({ connection }) => connection === connect.connection),
    spoil: (connect, trace) =>
      remove(
        trace,
        (e) =>
          e.kind === "publish" &&
          e.client === "host" &&
          e.direction === "sent" &&
          e.connection === connect.connection,
      ),
  });
}

function birthRepeatsWillTime(words: string): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect, trace) =>
      stateOf(firstOf(trace, connect)).timestamp === stateOf(connect.will).timestamp,
    spoil: (connect) => {
      if (connect.will) connect.will.state = { online: false, timestamp: 1 };
    },
  });
}

function saysGoodbye(words: string, spoil: (trace: Trace) => void): Rule {
  return {
    ...every(words, {
      of: acts("asked to stop"),
      test: (act, trace) => {
        const own = after(trace, act).filter(isOwn);
        const [death, end] = own;
        return (
          death?.kind === "publish" &&
          isStateOf(death, false) &&
          Math.abs((stateOf(death).timestamp ?? 0) - death.at) < clockMsMax &&
          end?.kind === "disconnect"
        );
      },
      spoil: () => {},
    }),
    violate: spoil,
  };
}
const dropDeath = (trace: Trace) =>
  remove(
    trace,
    (e) =>
      e.kind === "publish" &&
      e.direction === "sent" &&
      e.client === "host" &&
      stateOf(e).online === false,
  );
const dropEnd = (trace: Trace) =>
  remove(trace, (e) => e.kind === "disconnect" && e.client === "host");

/** Effects that follow an NDEATH the host was delivered, dated by its own clock. */
function nodeDeath(words: string, what: string, count: number): Rule {
  return every(words, {
    of: acts("node dies"),
    test: (act, trace) => {
      const death = received("host", "NDEATH")(after(trace, act))[0];
      if (death === undefined) return false;
      const marks = effects(what)(after(trace, death)).filter(
        ({ time, node }) => node === "plant-h/lathe" && Math.abs(time - death.at) < clockMsMax,
      );
      return marks.length >= count;
    },
    spoil: (act, trace) => {
      const rest = new Set<Entry>(after(trace, act));
      remove(trace, (e) => e.kind === "effect" && e.what === what && rest.has(e));
    },
  });
}

/** Effects that follow a DDEATH, dated by its payload. */
function deviceDeath(words: string, what: string): Rule {
  return every(words, {
    of: received("host", "DDEATH"),
    test: (death, trace) => {
      const marks = effects(what)(after(trace, death)).slice(0, 2);
      return marks.some(
        ({ time, deviceId }) => deviceId === "machine" && time === death.payload?.timestamp,
      );
    },
    spoil: (_death, trace) => {
      for (const effect of effects(what)(trace)) effect.time += 12_345;
    },
  });
}

const isData = (e: Entry) => e.kind === "effect" && e.what === "data";

/** Rules for the host application, over its recording. */
export const hostRules: Record<string, Rule> = {
  "intro-sparkplug-host-state": bornAfterConnect("the host tells by STATE that it is online"),
  "components-ph-state": saysGoodbye("the host tells by STATE when it goes", dropDeath),
  "conformance-primary-host": bornAfterConnect(
    "the host publishes STATE as birth and registers it as death",
  ),
  "topic-structure-namespace-duplicate-device-id-across-edge-node": every(
    "devices of one name under two nodes are two devices",
    {
      of: acts("swapped"),
      test: (act, trace) => {
        const online = effects("device online")(before(trace, act)).filter(
          ({ deviceId }) => deviceId === "machine",
        );
        return new Set(online.map(({ node }) => node)).size === 2;
      },
      spoil: (_act, trace) => {
        for (const effect of effects("device online")(trace)) effect.node = "plant-h/lathe";
      },
    },
  ),
  "topics-ncmd-topic": topicForm("host", "NCMD"),
  "topics-ncmd-mqtt": delivery("host", "NCMD"),
  "topics-ncmd-timestamp": sendingTime("host", "NCMD"),
  "topics-ncmd-payload": message(
    "an NCMD holds the metrics to write, with values",
    commands,
    ({ payload }) => writesSomething(payload),
    ({ payload }) => {
      if (payload) payload.metrics = [];
    },
  ),
  "host-topic-phid-birth-message": birthFirst(
    "the first message of a connection is the host's birth",
  ),
  "host-topic-phid-birth-qos": qos1(births, "the birth"),
  "host-topic-phid-birth-retain": retained(births, "the birth"),
  "host-topic-phid-birth-topic": birthTopic,
  "host-topic-phid-birth-sub-required": subscribedFirst(
    "own STATE and namespace are subscribed on connect",
    "both",
  ),
  "host-topic-phid-birth-required": bornAfterConnect("a birth follows the subscriptions"),
  "host-topic-phid-birth-payload": birthPayload,
  "host-topic-phid-birth-payload-timestamp": birthRepeatsWillTime(
    "the birth repeats the time of the will",
  ),
  "host-topic-phid-death-qos": qos1(deaths, "the death"),
  "host-topic-phid-death-retain": retained(deaths, "the death"),
  "host-topic-phid-death-topic": deathTopic,
  "host-topic-phid-death-required": hasWill,
  "host-topic-phid-death-payload": deathPayload,
  "host-topic-phid-death-payload-timestamp-connect": will(
    "the will tells the time of its CONNECT",
    (w, { at }) => Math.abs((stateOf(w).timestamp ?? 0) - at) < clockMsMax,
    onWill((w) => {
      w.state = { online: false, timestamp: 1 };
    }),
  ),
  "host-topic-phid-death-payload-timestamp-disconnect-clean": saysGoodbye(
    "a death of this moment stands before the DISCONNECT",
    (trace) => {
      for (const death of deaths(trace)) death.state = { online: false, timestamp: 1 };
    },
  ),
  "message-flow-phid-sparkplug-clean-session-311": every(
    "the CONNECT of MQTT 3.1.1 asks for a clean session",
    {
      of: connects("host"),
      test: ({ clean, protocolVersion }) => clean && protocolVersion === 4,
      spoil: (connect) => {
        connect.clean = false;
      },
    },
  ),
  "message-flow-phid-sparkplug-subscription": subscribedFirst(
    "the subscriptions stand before the STATE",
    "both",
  ),
  "message-flow-phid-sparkplug-state-publish": bornAfterConnect(
    "after its subscriptions the host publishes its STATE",
  ),
  "message-flow-phid-sparkplug-state-publish-payload": birthPayload,
  "message-flow-phid-sparkplug-state-publish-payload-timestamp": birthRepeatsWillTime(
    "STATE and will carry one timestamp",
  ),
  "message-flow-hid-sparkplug-state-message-delivered": every(
    "a false death in its name is contradicted at once",
    {
      of: acts("lie about the host"),
      test: (act, trace) => {
        const next = after(trace, act).find((e) => e.kind === "act");
        const heard = received(
          "host",
          "STATE",
        )(after(trace, act)).find((m) => stateOf(m).online === false);
        const said = births(after(trace, act))[0];
        return (
          heard !== undefined &&
          said !== undefined &&
          next !== undefined &&
          trace.indexOf(heard) < trace.indexOf(said) &&
          trace.indexOf(said) < trace.indexOf(next) &&
          said.connection === heard.connection
        );
      },
      spoil: (act, trace) => {
        const said = births(after(trace, act))[0];
        remove(trace, (entry) => entry === said);
      },
    },
  ),
  "operational-behavior-edge-node-termination-host-action-ndeath-node-offline": nodeDeath(
    "an NDEATH takes the node offline, host clock",
    "node offline",
    1,
  ),
  "operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale": nodeDeath(
    "an NDEATH makes the node's metrics stale",
    "metric stale",
    1,
  ),
  "operational-behavior-edge-node-termination-host-action-ndeath-devices-offline": nodeDeath(
    "an NDEATH takes the node's devices offline, host clock",
    "device offline",
    1,
  ),
  "operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale": nodeDeath(
    "an NDEATH makes the devices' metrics stale",
    "metric stale",
    2,
  ),
  "operational-behavior-edge-node-termination-host-action-ddeath-devices-offline": deviceDeath(
    "a DDEATH takes the device offline at the payload's time",
    "device offline",
  ),
  "operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale": deviceDeath(
    "a DDEATH makes the device's metrics stale at the payload's time",
    "metric stale",
  ),
  "operational-behavior-host-reordering-start": every(
    "a message out of order is held, and no birth is asked for at once",
    {
      of: acts("message lost"),
      test: (act, trace) => {
        const early = received("host", "DDATA")(after(trace, act))[0];
        const asked = rebirths(after(trace, act))[0];
        return early !== undefined && asked !== undefined && asked.at - early.at >= 1900;
      },
      spoil: (act, trace) => {
        const asked = rebirths(after(trace, act))[0];
        if (asked) asked.at = act.at;
      },
    },
  ),
  "operational-behavior-host-reordering-rebirth": every(
    "when the missing message does not come, births are asked for",
    {
      of: acts("message lost"),
      test: (act, trace) => {
        const done = acts("rebirth was asked")(trace)[0];
        const asked = rebirths(after(trace, act))[0];
        return (
          done !== undefined && asked !== undefined && trace.indexOf(asked) < trace.indexOf(done)
        );
      },
      spoil: (_act, trace) => remove(trace, (e) => rebirths(trace).some((m) => m === e)),
    },
  ),
  "operational-behavior-host-reordering-success": every(
    "when the late message comes in time, both count and no birth is asked for",
    {
      of: acts("swapped"),
      test: (act, trace) => {
        const done = acts("swap is over")(trace)[0];
        const span = done === undefined ? [] : before(trace, done).slice(trace.indexOf(act));
        return span.filter(isData).length === 2 && rebirths(span).length === 0;
      },
      spoil: (act, trace) => {
        const data = after(trace, act).find(isData);
        remove(trace, (entry) => entry === data);
      },
    },
  ),
  "operational-behavior-primary-application-state-with-multiple-servers-state": birthFirst(
    "every new session begins with the STATE birth",
  ),
  "operational-behavior-host-application-connect-will": hasWill,
  "operational-behavior-host-application-connect-will-topic": willTopic,
  "operational-behavior-host-application-connect-will-payload": willPayload,
  "operational-behavior-host-application-connect-will-qos": willQos,
  "operational-behavior-host-application-connect-will-retained": willRetain,
  "operational-behavior-host-application-connect-birth": bornAfterConnect(
    "a birth follows every CONNECT",
  ),
  "operational-behavior-host-application-connect-birth-topic": birthTopic,
  "operational-behavior-host-application-connect-birth-payload": birthPayload,
  "operational-behavior-host-application-connect-birth-qos": qos1(births, "each birth"),
  "operational-behavior-host-application-connect-birth-retained": retained(births, "each birth"),
  "operational-behavior-host-application-termination": saysGoodbye(
    "a host that leaves publishes its death",
    dropDeath,
  ),
  "operational-behavior-host-application-death-topic": deathTopic,
  "operational-behavior-host-application-death-payload": deathPayload,
  "operational-behavior-host-application-death-qos": qos1(deaths, "each death"),
  "operational-behavior-host-application-death-retained": retained(deaths, "each death"),
  "operational-behavior-host-application-disconnect-intentional": saysGoodbye(
    "a DISCONNECT follows the death",
    dropEnd,
  ),
  "operational-behavior-data-commands-ncmd-rebirth-verb": every("births are asked for by NCMD", {
    of: (trace) =>
      sent(
        "host",
        "NCMD",
        "DCMD",
      )(trace).filter(({ payload }) =>
        payload?.metrics.some(({ name }) => name === "Node Control/Rebirth"),
      ),
    test: (m) => typeOf(m) === "NCMD",
    spoil: (m) => {
      m.topic = m.topic.replace("NCMD", "DCMD");
    },
  }),
  "operational-behavior-data-commands-ncmd-rebirth-name": every(
    "a rebirth request names Node Control/Rebirth",
    {
      of: acts("rebirth was asked"),
      test: (act, trace) => rebirths(before(trace, act)).length > 0,
      spoil: (_act, trace) => {
        for (const m of rebirths(trace))
          for (const metric of m.payload?.metrics ?? []) metric.name = "Rebirth";
      },
    },
  ),
  "operational-behavior-data-commands-ncmd-rebirth-value": message(
    "a rebirth request has the value true",
    rebirths,
    ({ payload }) => payload?.metrics[0]?.boolean_value === true,
    ({ payload }) => {
      if (payload?.metrics[0]) payload.metrics[0].boolean_value = false;
    },
  ),
  "operational-behavior-data-commands-ncmd-verb": message(
    "node commands go to NCMD topics",
    sent("host", "NCMD", "DCMD"),
    (m) => typeOf(m) === "NCMD" && m.topic.split("/").length === 4,
    (m) => {
      m.topic += "/machine";
    },
  ),
  "operational-behavior-data-commands-ncmd-metric-name": every(
    "a command names a metric that the NBIRTH declared, by name or alias",
    {
      of: commands,
      test: declaredIn,
      spoil: ({ payload }) => {
        const [metric] = payload?.metrics ?? [];
        if (metric) {
          metric.name = "unknown";
          delete metric.alias;
        }
      },
    },
  ),
  "operational-behavior-data-commands-ncmd-metric-value": message(
    "a command's value fits the metric it writes",
    commands,
    ({ payload }) =>
      (payload?.metrics ?? []).every((m) =>
        m.name === "Node Control/Rebirth"
          ? m.boolean_value !== undefined
          : m.string_value !== undefined,
      ),
    ({ payload }) => {
      const [metric] = payload?.metrics ?? [];
      if (metric) {
        delete metric.boolean_value;
        delete metric.string_value;
        metric.int_value = 1;
      }
    },
  ),
  "payloads-name-cmd-requirement": message(
    "the metrics of a command may have a time, and it is UTC",
    commands,
    ({ payload, at }) =>
      (payload?.metrics ?? []).every(
        ({ timestamp }) => timestamp === undefined || Math.abs(timestamp - at) < clockMsMax,
      ),
    ({ payload }) => {
      if (payload?.metrics[0]) payload.metrics[0].timestamp = 1;
    },
  ),
  "payloads-ncmd-timestamp": sendingTime("host", "NCMD"),
  "payloads-ncmd-seq": seqAbsent("an NCMD", commands),
  "payloads-ncmd-qos": qosIs("host", "NCMD", 0),
  "payloads-ncmd-retain": notRetained("host", "NCMD"),
  "payloads-state-will-message": willTopic,
  "payloads-state-will-message-qos": willQos,
  "payloads-state-will-message-retain": willRetain,
  "payloads-state-will-message-payload": willPayload,
  "payloads-state-subscribe": subscribedFirst("the host subscribes its own STATE", "state"),
  "payloads-state-birth": message(
    "the birth goes to the host's STATE topic, QoS 1, retained",
    births,
    (m) => m.topic === topic && m.qos === 1 && m.retain,
    (m) => {
      m.qos = 0;
    },
  ),
  "payloads-state-birth-payload": birthPayload,
};

/** At least one metric, and each with a value. */
function writesSomething(payload: Publish["payload"]): boolean {
  const [first, ...rest] = payload?.metrics ?? [];
  if (first === undefined) return false;
  return [first, ...rest].every(
    (m) => m.boolean_value !== undefined || m.string_value !== undefined,
  );
}

function declaredIn(command: Publish, trace: Trace): boolean {
  const [, group, , node] = command.topic.split("/");
  const birth = received(
    "host",
    "NBIRTH",
  )(before(trace, command)).findLast((m) => m.topic === `spBv1.0/${group}/NBIRTH/${node}`);
  return (command.payload?.metrics ?? []).every(({ name, alias }) =>
    birth?.payload?.metrics.some((m) => (name === undefined ? m.alias === alias : m.name === name)),
  );
}
