import {
  acts,
  after,
  before,
  connects,
  effects,
  every,
  received,
  remove,
  type Rule,
  sent,
  subscribes,
} from "./rule.ts";
import type { Body, Connect, Entry, Publish, Trace } from "./trace.ts";

type State = { online: boolean; timestamp: number };

export const topic = "spBv1.0/STATE/millwright";
/** Clocks are one and the same here; only scheduling stands between. */
export const clockMsMax = 3000;

export const stateOf = (body: Body | null): Partial<State> =>
  typeof body?.state === "object" && body.state !== null ? body.state : {};
const says = (online: boolean) => (trace: Trace) =>
  sent("host", "STATE")(trace).filter((message) => stateOf(message).online === online);
export const births = says(true);
export const deaths = says(false);
export const commands = sent("host", "NCMD");
export const rebirths = (trace: Trace) =>
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

export function message(
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

export const birthTopic = message(
  "the birth's topic is spBv1.0/STATE/<host>",
  births,
  (m) => m.topic === topic,
  spoilTopic,
);
export const deathTopic = message(
  "the death's topic is spBv1.0/STATE/<host>",
  deaths,
  (m) => m.topic === topic,
  spoilTopic,
);
export const qos1 = (of: (trace: Trace) => Publish[], what: string) =>
  message(
    `${what} has QoS 1`,
    of,
    ({ qos }) => qos === 1,
    (m) => {
      m.qos = 0;
    },
  );
export const retained = (of: (trace: Trace) => Publish[], what: string) =>
  message(
    `${what} is retained`,
    of,
    ({ retain }) => retain,
    (m) => {
      m.retain = false;
    },
  );

export function will(
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
export const onWill = (spoil: (body: Body) => void) => (connect: Connect) => {
  if (connect.will) spoil(connect.will);
};
export const hasWill = will(
  "every CONNECT has a will",
  () => true,
  (connect) => {
    connect.will = null;
  },
);
export const willTopic = will(
  "the will's topic is spBv1.0/STATE/<host>",
  (w) => w.topic === topic,
  onWill(spoilTopic),
);
export const willQos = will(
  "the will has QoS 1",
  ({ qos }) => qos === 1,
  onWill((w) => {
    w.qos = 0;
  }),
);
export const willRetain = will(
  "the will is retained",
  ({ retain }) => retain,
  onWill((w) => {
    w.retain = false;
  }),
);
export const willPayload = will(
  "the will is JSON with online = false and a timestamp",
  (w) => isStateOf(w, false),
  onWill(spoilState),
);
export const birthPayload: Rule = {
  ...every("the birth is JSON with online = true and a timestamp", {
    of: connects("host"),
    test: (connect, trace) => isStateOf(firstOf(trace, connect), true),
    spoil: () => {},
  }),
  violate: (trace) => births(trace).forEach(spoilState),
};
export const deathPayload: Rule = {
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

export function birthFirst(words: string): Rule {
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
export function subscribedFirst(words: string, needed: "state" | "both"): Rule {
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

export function bornAfterConnect(words: string): Rule {
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

export function birthRepeatsWillTime(words: string): Rule {
  return every(words, {
    of: connects("host"),
    test: (connect, trace) =>
      stateOf(firstOf(trace, connect)).timestamp === stateOf(connect.will).timestamp,
    spoil: (connect) => {
      if (connect.will) connect.will.state = { online: false, timestamp: 1 };
    },
  });
}

export function saysGoodbye(words: string, spoil: (trace: Trace) => void): Rule {
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
export const dropDeath = (trace: Trace) =>
  remove(
    trace,
    (e) =>
      e.kind === "publish" &&
      e.direction === "sent" &&
      e.client === "host" &&
      stateOf(e).online === false,
  );
export const dropEnd = (trace: Trace) =>
  remove(trace, (e) => e.kind === "disconnect" && e.client === "host");

/** Effects that follow an NDEATH the host was delivered, dated by its own clock. */
export function nodeDeath(words: string, what: string, count: number): Rule {
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
export function deviceDeath(words: string, what: string): Rule {
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

export const isData = (e: Entry) => e.kind === "effect" && e.what === "data";

/** At least one metric, and each with a value. */
export function writesSomething(payload: Publish["payload"]): boolean {
  const [first, ...rest] = payload?.metrics ?? [];
  if (first === undefined) return false;
  return [first, ...rest].every(
    (m) => m.boolean_value !== undefined || m.string_value !== undefined,
  );
}

export function declaredIn(command: Publish, trace: Trace): boolean {
  const [, group, , node] = command.topic.split("/");
  const birth = received(
    "host",
    "NBIRTH",
  )(before(trace, command)).findLast((m) => m.topic === `spBv1.0/${group}/NBIRTH/${node}`);
  return (command.payload?.metrics ?? []).every(({ name, alias }) =>
    birth?.payload?.metrics.some((m) => (name === undefined ? m.alias === alias : m.name === name)),
  );
}
