import {
  births,
  nbirths,
  datas,
  counted,
  rebirthName,
  datatypeMax,
  deaths,
  bdSeqMatches,
  bdSeqIn,
  rebirthMetric,
  birthsFirst,
  dataBeforeBirths,
  hasWill,
  willQos,
  willRetain,
  goodbye,
  dropDeath,
  distinct,
  lastBirths,
} from "./edge-checks.ts";
import {
  every,
  metricRule,
  metricsOf,
  notRetained,
  qosIs,
  type Rule,
  sendingTime,
  sent,
  seqAbsent,
  seqInRange,
  seqNext,
  seqPresent,
  utc,
} from "./rule.ts";
import type { WireMetric } from "./wire.ts";

/** What the ids of the payload chapter ask of the edge node, over the recording of the agent. */
export const edgePayloadRules: Record<string, Rule> = {
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
