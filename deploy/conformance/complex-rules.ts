import { metricsOf, type Rule, every, sent } from "./rule.ts";
import type { Publish, Trace } from "./trace.ts";
import type { WireDataSet, WireMetric, WireParameter, WireTemplate, WireValue } from "./wire.ts";

const all = sent("edge", "NBIRTH", "DBIRTH", "NDATA", "DDATA");
const basicTypeMax = 14;

type Found<Value> = { message: Publish; metric: WireMetric; value: Value };

const tables = (trace: Trace): Found<WireDataSet>[] =>
  metricsOf(all)(trace).flatMap(({ message, metric }) =>
    metric.dataset_value ? [{ message, metric, value: metric.dataset_value }] : [],
  );
const templates = (trace: Trace): Found<WireTemplate>[] =>
  metricsOf(all)(trace).flatMap(({ message, metric }) =>
    metric.template_value ? [{ message, metric, value: metric.template_value }] : [],
  );
const isDefinition = ({ value }: Found<WireTemplate>) => value.template_ref === undefined;
const definitions = (trace: Trace) => templates(trace).filter(isDefinition);
const instances = (trace: Trace) => templates(trace).filter((found) => !isDefinition(found));
const born = (trace: Trace) =>
  instances(trace).filter(({ message }) => message.topic.includes("BIRTH/"));
const inData = (trace: Trace) =>
  instances(trace).filter(({ message }) => message.topic.includes("DATA/"));
const parameters = (trace: Trace): WireParameter[] =>
  templates(trace).flatMap(({ value }) => value.parameters);

function definitionOf(trace: Trace, { value }: Found<WireTemplate>): WireTemplate | undefined {
  return definitions(trace).find(
    ({ message, metric }) =>
      message.topic.includes("/NBIRTH/") && metric.name === value.template_ref,
  )?.value;
}

function table(words: string, test: (t: WireDataSet) => boolean, spoil: (t: WireDataSet) => void) {
  return every(words, {
    of: tables,
    test: ({ value }) => test(value),
    spoil: ({ value }) => spoil(value),
  });
}

function template(
  words: string,
  of: (trace: Trace) => Found<WireTemplate>[],
  test: (found: Found<WireTemplate>, trace: Trace) => boolean,
  spoil: (value: WireTemplate, trace: Trace) => void,
): Rule {
  return every(words, { of, test, spoil: ({ value }, trace) => spoil(value, trace) });
}

function parameter(
  words: string,
  test: (p: WireParameter) => boolean,
  spoil: (p: WireParameter) => void,
): Rule {
  return every(words, { of: parameters, test, spoil });
}

const isUint32 = (n: number | undefined) =>
  n !== undefined && Number.isInteger(n) && n >= 0 && n < 2 ** 32;
const isBasic = (type: number | undefined) =>
  type !== undefined && type >= 1 && type <= basicTypeMax;
const isText = (text: string | undefined) => text !== undefined && text.isWellFormed();
/** One value at most, in one of the six scalar fields. */
const isScalar = (value: WireValue) =>
  Object.keys(value).filter((key) => key.endsWith("_value")).length === 1 &&
  !("extension_value" in value);
const names = (value: WireTemplate | undefined) => new Set(value?.metrics.map(({ name }) => name));
const parameterNames = (value: WireTemplate | undefined) =>
  new Set(value?.parameters.map(({ name }) => name));
const extend = (value: object) => Object.assign(value, { extension_value: {} });
const dropDefinitions = (trace: Trace) => {
  for (const message of sent("edge", "NBIRTH")(trace)) {
    const { payload } = message;
    if (payload) payload.metrics = payload.metrics.filter((m) => m.template_value === undefined);
  }
};
const flagTrue = template(
  "a definition has is_definition = true",
  definitions,
  ({ value }) => value.is_definition === true,
  (value) => {
    value.is_definition = false;
  },
);
const flagFalse = template(
  "an instance has is_definition = false",
  instances,
  ({ value }) => value.is_definition === false,
  (value) => {
    value.is_definition = true;
  },
);
const refNames = template(
  "an instance names a definition of the NBIRTH",
  instances,
  (found, trace) => isText(found.value.template_ref) && definitionOf(trace, found) !== undefined,
  (value) => {
    value.template_ref = "unknown";
  },
);
const noRef: Rule = {
  ...template(
    "a definition has no template_ref",
    (trace) => templates(trace).filter(({ value }) => value.is_definition === true),
    ({ value }) => value.template_ref === undefined,
    () => {},
  ),
  violate: (trace) => {
    for (const { value } of definitions(trace)) value.template_ref = "itself";
  },
};
const allDefined = (words: string): Rule => ({
  ...template(
    words,
    instances,
    (found, trace) => definitionOf(trace, found) !== undefined,
    () => {},
  ),
  violate: dropDefinitions,
});

/** Tables, templates and what goes with them, over the recording that has them. */
export const complexRules: Record<string, Rule> = {
  "topics-nbirth-templates": allDefined("the NBIRTH defines every template that is used"),
  "topics-ndata-payload": every("node data holds metrics that changed", {
    of: (trace) => metricsOf(sent("edge", "NDATA"))(trace),
    test: ({ message, metric }, trace) => !isRepeated(trace, message, metric),
    spoil: ({ message }, trace) => {
      trace.push(structuredClone(message));
    },
  }),
  "operational-behavior-data-publish-nbirth-change": every(
    "node data is sent when a metric changed",
    {
      of: (trace) => metricsOf(sent("edge", "NDATA"))(trace),
      test: ({ message, metric }, trace) => !isRepeated(trace, message, metric),
      spoil: ({ message }, trace) => {
        trace.push(structuredClone(message));
      },
    },
  ),
  "payloads-dataset-column-size": table(
    "a table says how many columns it has",
    ({ num_of_columns, columns }) => num_of_columns === BigInt(columns.length),
    (t) => {
      t.num_of_columns = -1n;
    },
  ),
  "payloads-dataset-column-num-headers": table(
    "a table has as many headers as types",
    ({ columns, types }) => columns.length === types.length,
    (t) => {
      t.columns.push("more");
    },
  ),
  "payloads-dataset-types-def": table(
    "a table's types are unsigned 32-bit integers",
    ({ types }) => types.length > 0 && types.every(isUint32),
    (t) => {
      t.types[0] = 1.5;
    },
  ),
  "payloads-dataset-types-num": table(
    "a table has as many types as headers",
    ({ columns, types }) => columns.length === types.length,
    (t) => {
      t.types.push(3);
    },
  ),
  "payloads-dataset-types-type": table(
    "each type of a table is below 2^32",
    ({ types }) => types.length > 0 && types.every(isUint32),
    (t) => {
      t.types[0] = 2 ** 32;
    },
  ),
  "payloads-dataset-types-value": table(
    "each type of a table is a basic type",
    ({ types }) => types.every(isBasic),
    (t) => {
      t.types[0] = 17;
    },
  ),
  "payloads-dataset-parameter-type-req": table(
    "a table gives its types",
    ({ types, columns }) => types.length > 0 && types.length === columns.length,
    (t) => {
      t.types = [];
    },
  ),
  "payloads-template-dataset-value": table(
    "a cell holds one scalar",
    ({ rows }) => rows.length > 0 && rows.every(({ elements }) => elements.every(isScalar)),
    ({ rows }) => {
      if (rows[0]?.elements[0]) extend(rows[0].elements[0]);
    },
  ),
  "payloads-template-definition-nbirth-only": {
    ...template(
      "definitions stand in the NBIRTH alone",
      definitions,
      ({ message }) => message.topic.includes("/NBIRTH/"),
      () => {},
    ),
    violate: (trace) => {
      const [definition] = definitions(trace);
      const data = sent("edge", "NDATA")(trace)[0];
      if (definition) data?.payload?.metrics.push(structuredClone(definition.metric));
    },
  },
  "payloads-template-definition-is-definition": flagTrue,
  "payloads-template-definition-ref": noRef,
  "payloads-template-definition-members": template(
    "a definition has every member of its instances",
    instances,
    (found, trace) => names(found.value).isSubsetOf(names(definitionOf(trace, found))),
    (_value, trace) => {
      for (const { value } of definitions(trace)) value.metrics = [];
    },
  ),
  "payloads-template-definition-nbirth": allDefined(
    "each instance has its definition in the NBIRTH",
  ),
  "payloads-template-definition-parameters": template(
    "a definition has every parameter of its instances",
    instances,
    (found, trace) => {
      const own = parameterNames(found.value);
      return own.size > 0 && own.isSubsetOf(parameterNames(definitionOf(trace, found)));
    },
    (_value, trace) => {
      for (const { value } of definitions(trace)) value.parameters = [];
    },
  ),
  "payloads-template-instance-is-definition": flagFalse,
  "payloads-template-instance-ref": refNames,
  "payloads-template-instance-members": template(
    "an instance has only members of its definition",
    instances,
    (found, trace) => names(found.value).isSubsetOf(names(definitionOf(trace, found))),
    (value) => {
      value.metrics.push({ name: "stranger" });
    },
  ),
  "payloads-template-instance-members-birth": template(
    "an instance in a birth has all members of its definition",
    born,
    (found, trace) => names(definitionOf(trace, found)).isSubsetOf(names(found.value)),
    (value) => {
      value.metrics.pop();
    },
  ),
  "payloads-template-instance-members-data": template(
    "an instance in data has some of its definition's members",
    inData,
    (found, trace) => {
      const own = names(found.value);
      return own.size > 0 && own.isSubsetOf(names(definitionOf(trace, found)));
    },
    (value) => {
      value.metrics = [{ name: "stranger" }];
    },
  ),
  "payloads-template-instance-parameters": template(
    "an instance gives values for parameters of its definition",
    instances,
    (found, trace) =>
      parameterNames(found.value).isSubsetOf(parameterNames(definitionOf(trace, found))) &&
      found.value.parameters.every(isScalar),
    (value) => {
      value.parameters.push({ name: "stranger", type: 3, int_value: 1 });
    },
  ),
  "payloads-template-definition-parameters-default": template(
    "a definition's parameter may have a default",
    definitions,
    ({ value }) => value.parameters.length > 0 && value.parameters.every(isScalar),
    ({ parameters: [first] }) => {
      if (first) extend(first);
    },
  ),
  "payloads-template-version": template(
    "a version is UTF-8",
    (trace) => templates(trace).filter(({ value }) => value.version !== undefined),
    ({ value }) => isText(value.version),
    (value) => {
      value.version = "\ud800";
    },
  ),
  "payloads-template-ref-definition": noRef,
  "payloads-template-ref-instance": refNames,
  "payloads-template-is-definition": template(
    "definitions and instances both say which they are",
    templates,
    ({ value }) => value.is_definition !== undefined,
    (value) => {
      delete value.is_definition;
    },
  ),
  "payloads-template-is-definition-definition": flagTrue,
  "payloads-template-is-definition-instance": flagFalse,
  "payloads-template-parameter-name-required": parameter(
    "a parameter has a name",
    ({ name }) => name !== undefined && name !== "",
    (p) => {
      delete p.name;
    },
  ),
  "payloads-template-parameter-name-type": parameter(
    "a parameter's name is UTF-8",
    ({ name }) => isText(name),
    (p) => {
      p.name = "\ud800";
    },
  ),
  "payloads-template-parameter-value-type": parameter(
    "a parameter's type is an unsigned 32-bit integer",
    ({ type }) => isUint32(type),
    (p) => {
      p.type = 2 ** 32;
    },
  ),
  "payloads-template-parameter-type-value": parameter(
    "a parameter's type is a basic type",
    ({ type }) => isBasic(type),
    (p) => {
      p.type = 16;
    },
  ),
  "payloads-template-parameter-type-req": parameter(
    "a parameter gives its type",
    ({ type }) => type !== undefined,
    (p) => {
      delete p.type;
    },
  ),
  "payloads-template-parameter-value": parameter("a parameter holds one scalar", isScalar, extend),
};

function isRepeated(trace: Trace, message: Publish, metric: WireMetric): boolean {
  const earlier = metricsOf(sent("edge", "NBIRTH", "NDATA"))(
    trace.slice(0, trace.indexOf(message)),
  );
  const last = earlier.findLast((found) => found.metric.alias === metric.alias);
  return last?.metric.int_value === metric.int_value;
}
