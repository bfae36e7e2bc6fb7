import { readMetric } from "./decode.ts";
import { writeMetric } from "./encode.ts";
import type { SparkplugMetric } from "./payload.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import {
  interpretScalar,
  isScalarType,
  readScalar,
  type ScalarValue,
  writeScalar,
} from "./scalar-value.ts";

export type TemplateParameter = { name: string; datatype: number; value: ScalarValue };

/**
 * A structured value: a definition (in an NBIRTH only) or an instance of one. A member that is a
 * template itself holds its bytes, so nesting costs no recursion.
 */
export type Template = {
  version: string | null;
  /** Name of the definition; null makes this a definition. */
  templateRef: string | null;
  members: SparkplugMetric[];
  parameters: TemplateParameter[];
};

const membersMax = 10_000;

/**
 * The bytes of a Template metric's value. Strict out: `is_definition` follows from `templateRef`, so
 * the two cannot contradict each other.
 * @param omitDatatype True in DATA messages, as for `encodePayload`.
 * @throws RangeError for a parameter that has no name or is not of a basic type.
 */
export function encodeTemplate(
  { version, templateRef, members, parameters }: Template,
  { omitDatatype = false }: { omitDatatype?: boolean } = {},
): Uint8Array {
  const out = new ProtobufWriter();
  if (version !== null) out.stringField(1, version);
  for (const member of members) out.message(2, () => writeMetric(out, member, omitDatatype));
  for (const { name, datatype, value } of parameters) {
    // Sparkplug 3.0 tck-id-payloads-template-parameter-name-required, -type-value
    if (name === "" || !isScalarType(datatype)) {
      throw new RangeError(`parameter "${name}" needs a name and a basic type, not ${datatype}`);
    }
    out.message(3, () => {
      out.stringField(1, name);
      out.varintField(2, datatype);
      writeScalar(out, { first: 3, datatype, value });
    });
  }
  // Sparkplug 3.0 tck-id-payloads-template-definition-ref, -instance-ref, -is-definition
  if (templateRef !== null) out.stringField(4, templateRef);
  out.varintField(5, templateRef === null ? 1 : 0);
  return out.finish();
}

/**
 * Reads a Template metric's value. Lenient in: whoever names a definition is an instance, whatever
 * `is_definition` says.
 * @throws MalformedPayload when the bytes are no template or a parameter is not of its type.
 */
export function decodeTemplate(bytes: Uint8Array): Template {
  const input = new ProtobufReader(bytes);
  const template: Template = { version: null, templateRef: null, members: [], parameters: [] };
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === ((1 << 3) | 2)) template.version = input.string();
    else if (tag === ((2 << 3) | 2)) template.members.push(readMetric(input));
    else if (tag === ((3 << 3) | 2)) template.parameters.push(readParameter(input));
    else if (tag === ((4 << 3) | 2)) template.templateRef = input.string();
    else input.skip(tag);
    if (template.members.length + template.parameters.length > membersMax) {
      input.fail(`a Template with more than ${membersMax} members`);
    }
  }
  return template;
}

function readParameter(input: ProtobufReader): TemplateParameter {
  const outerEnd = input.enter();
  const parameter: TemplateParameter = { name: "", datatype: 0, value: null };
  while (input.hasMore()) {
    const tag = input.tag();
    const scalar = readScalar(input, tag, 3);
    if (scalar !== undefined) parameter.value = scalar;
    else if (tag === ((1 << 3) | 2)) parameter.name = input.string();
    else if (tag === 2 << 3) parameter.datatype = input.number();
    else input.skip(tag);
  }
  input.leave(outerEnd);
  if (parameter.value === null) return parameter;
  const value = interpretScalar(parameter.value, parameter.datatype);
  if (value === undefined) input.fail(`parameter ${parameter.name} is not of its type`);
  return { ...parameter, value };
}
