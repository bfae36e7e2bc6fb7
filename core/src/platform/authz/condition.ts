import { Refusal } from "@millwright/contracts/states";
import { assertNever } from "@millwright/contracts/units";

import { type AttributeType, type AttributeTypes, isDecimal } from "./catalogue.ts";

/**
 * A condition of a rule, parsed and type-checked. It is a language of our own and tiny on purpose:
 * Casbin's expressions may call what they can reach, and conditions are written by tenants.
 *
 * ```
 * condition  = any ; any = all { "or" all } ; all = one { "and" one }
 * one        = "not" one | "(" any ")" | comparison
 * comparison = value ( "=" | "<>" | "<" | "<=" | ">" | ">=" ) value | value "in" ( list | attribute )
 * value      = "user." name | "object." name | 10000.50 | 'text' | true | false
 * ```
 */
export type Condition =
  | { readonly kind: "all" | "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | Comparison;

export type Comparison = {
  readonly kind: "comparison";
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
  /** Of the left side; the right side has the same, or is a list of texts with `in`. */
  readonly type: AttributeType;
  /** As written, for explanations. */
  readonly text: string;
};
export type Operand =
  | ({ readonly kind: "attribute"; readonly type: AttributeType } & AttributeName)
  | { readonly kind: "literal"; readonly type: AttributeType; readonly value: Literal };
export type AttributeName = { readonly of: "user" | "object"; readonly name: string };
export type Literal = string | boolean | readonly string[];
export type Operator = "=" | "<>" | "<" | "<=" | ">" | ">=" | "in";

/** @throws Refusal authz.condition_invalid with a sentence that says what is wrong, and where. */
export function parseCondition(
  text: string,
  types: { user: AttributeTypes; object: AttributeTypes },
): Condition {
  if (new TextEncoder().encode(text).length > bytesMax) {
    throw invalid(`It is longer than ${bytesMax} bytes.`);
  }
  return new Parser(text, types).parse();
}

/** Every attribute a condition names, each once. */
export function attributesOf(condition: Condition): Extract<Operand, { kind: "attribute" }>[] {
  const named = new Map(
    comparisonsOf(condition)
      .flatMap(({ left, right }) => [left, right])
      .flatMap((operand) => (operand.kind === "attribute" ? [operand] : []))
      .map((attribute) => [`${attribute.of}.${attribute.name}`, attribute]),
  );
  return [...named.values()];
}

function comparisonsOf(condition: Condition): Comparison[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.parts.flatMap(comparisonsOf);
    case "not":
      return comparisonsOf(condition.part);
    case "comparison":
      return [condition];
    default:
      return assertNever(condition);
  }
}

// As the column. A person cannot review a longer one anyway.
const bytesMax = 2000;
// Parentheses and "not" recurse; nobody writes this deep, an attacker would.
const depthMax = 20;

type Token = { readonly kind: TokenKind; readonly text: string; readonly at: number };
type TokenKind = "word" | "attribute" | "number" | "text" | "operator" | "punctuation" | "end";

// The groups in the order of `tokenKinds`.
const tokenPattern =
  /\s*(?:((?:user|object)\.[A-Za-z][A-Za-z0-9]*)|([A-Za-z_][A-Za-z0-9_.]*)|(-?\d+(?:\.\d+)?)|('(?:[^']|'')*')|(<=|>=|<>|[=<>])|([(),]))/y;
const tokenKinds = ["attribute", "word", "number", "text", "operator", "punctuation"] as const;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let at = 0;
  while (at < end) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) throw invalid(`It cannot be read at ${quote(text.slice(at).trim())}.`);
    at = tokenPattern.lastIndex;
    const kind = tokenKinds.find((_, group) => match[group + 1] !== undefined);
    const found = match[0].trimStart();
    if (kind === undefined) throw invalid(`It cannot be read at ${quote(found)}.`);
    tokens.push({ kind, text: found, at: at - found.length });
  }
  return [...tokens, { kind: "end", text: "the end", at: text.length }];
}

class Parser {
  readonly #text: string;
  readonly #types: { user: AttributeTypes; object: AttributeTypes };
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string, types: { user: AttributeTypes; object: AttributeTypes }) {
    this.#text = text;
    this.#types = types;
    this.#tokens = tokenize(text);
  }

  parse(): Condition {
    const condition = this.#any();
    if (this.#peek().kind !== "end") throw expected("and, or, or the end", this.#peek());
    return condition;
  }

  #any(): Condition {
    return this.#joined("any", "or", () => this.#joined("all", "and", () => this.#one()));
  }

  #joined(kind: "all" | "any", word: string, part: () => Condition): Condition {
    const first = part();
    const parts = [first];
    while (this.#takes(word)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #one(): Condition {
    if (this.#takes("not")) return { kind: "not", part: this.#deeper(() => this.#one()) };
    if (!this.#takes("(")) return this.#comparison();
    const inner = this.#deeper(() => this.#any());
    this.#must(")");
    return inner;
  }

  #deeper(parse: () => Condition): Condition {
    this.#depth += 1;
    if (this.#depth > depthMax) throw invalid(`It is nested deeper than ${depthMax}.`);
    const inner = parse();
    this.#depth -= 1;
    return inner;
  }

  #comparison(): Comparison {
    const start = this.#peek().at;
    const left = this.#value();
    const operator = this.#operator();
    const right = operator === "in" ? this.#list() : this.#value();
    const before = this.#tokens[this.#next - 1];
    const end = before === undefined ? start : before.at + before.text.length;
    const text = this.#text.slice(start, end);
    checkTypes(left, operator, right, text);
    return { kind: "comparison", left, operator, right, type: left.type, text };
  }

  #operator(): Operator {
    const token = this.#take();
    const operator = operators.find((known) => known === token.text);
    if (operator === undefined) throw expected(`one of ${operators.join(" ")}`, token);
    return operator;
  }

  #list(): Operand {
    if (!this.#takes("(")) return this.#value();
    const value: string[] = [];
    do {
      const entry = this.#value();
      if (entry.kind !== "literal" || typeof entry.value !== "string" || entry.type !== "text") {
        throw invalid("A list after in holds texts, such as ('a', 'b').");
      }
      value.push(entry.value);
    } while (this.#takes(","));
    this.#must(")");
    return { kind: "literal", type: "text_list", value };
  }

  #value(): Operand {
    const token = this.#take();
    if (token.kind === "attribute") return this.#attribute(token);
    if (token.kind === "number" && isDecimal(token.text)) {
      return { kind: "literal", type: "decimal", value: token.text };
    }
    if (token.kind === "text") {
      const value = token.text.slice(1, -1).replaceAll("''", "'");
      return { kind: "literal", type: "text", value };
    }
    if (token.text === "true" || token.text === "false") {
      return { kind: "literal", type: "boolean", value: token.text === "true" };
    }
    throw expected("an attribute (user.… or object.…), a number, a 'text', true or false", token);
  }

  #attribute(token: Token): Operand {
    const of = token.text.startsWith("user.") ? "user" : "object";
    const name = token.text.slice(of.length + 1);
    const types = this.#types[of];
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) {
      const known = Object.keys(types).join(", ");
      throw invalid(`The ${of} has no attribute ${quote(name)}; it has ${known || "none"}.`);
    }
    return { kind: "attribute", of, name, type };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "the end", at: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  /** Takes the next token when it is this word; a text in quotes never is. */
  #takes(word: string): boolean {
    const is = this.#peek().text === word;
    if (is) this.#next += 1;
    return is;
  }

  #must(word: string): void {
    if (!this.#takes(word)) throw expected(quote(word), this.#peek());
  }
}

const operators: readonly Operator[] = ["=", "<>", "<", "<=", ">", ">=", "in"];

function checkTypes(left: Operand, operator: Operator, right: Operand, text: string): void {
  if (operator === "in") {
    if (left.type === "text" && right.type === "text_list") return;
    throw invalid(`In ${quote(text)} a text is looked up in a list of texts.`);
  }
  if (left.type !== right.type) {
    throw invalid(`${quote(text)} compares ${words[left.type]} with ${words[right.type]}.`);
  }
  if (left.type === "text_list") throw invalid(`${quote(text)} compares lists; use in.`);
  if (operator !== "=" && operator !== "<>" && left.type !== "decimal") {
    throw invalid(`${quote(text)} orders ${words[left.type]}; only decimals have an order.`);
  }
}

const words = {
  decimal: "a decimal",
  text: "a text",
  boolean: "true or false",
  text_list: "a list of texts",
} satisfies Record<AttributeType, string>;

function expected(what: string, found: Token): Refusal {
  const where = found.kind === "end" ? "the end" : quote(found.text);
  return invalid(`${what} is expected at character ${found.at + 1}, found ${where}.`);
}

function invalid(sentence: string): Refusal {
  return new Refusal("authz.condition_invalid", sentence, { kind: "invalid" });
}

function quote(text: string): string {
  return `"${text.slice(0, 60)}"`;
}
