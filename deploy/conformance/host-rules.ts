import {
  topic,
  clockMsMax,
  stateOf,
  births,
  deaths,
  commands,
  rebirths,
  message,
  birthTopic,
  deathTopic,
  qos1,
  retained,
  will,
  onWill,
  hasWill,
  willTopic,
  willQos,
  willRetain,
  willPayload,
  birthPayload,
  deathPayload,
  birthFirst,
  subscribedFirst,
  bornAfterConnect,
  birthRepeatsWillTime,
  saysGoodbye,
  dropDeath,
  dropEnd,
  nodeDeath,
  deviceDeath,
  isData,
  writesSomething,
  declaredIn,
} from "./host-checks.ts";
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
  topicForm,
} from "./rule.ts";
import { typeOf } from "./trace.ts";

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
