import type { Context, MiddlewareHandler } from "hono";

import type { Problem } from "@millwright/contracts/api";
import { problem, sendProblem } from "./problem.ts";

/**
 * Refuses what no client of ours sends, before anything reads it: long queries, large bodies, other
 * media types than JSON, JSON that is not UTF-8 or nested deeply. Uploads (`…/import`,
 * `…/attachments`) may be larger and are files. Headers are limited by the server (`server-limits.ts`): 431.
 */
export const requestLimits: MiddlewareHandler = async (c, next) => {
  const { url, method } = c.req;
  const queryStart = url.indexOf("?");
  if (queryStart !== -1 && url.length - queryStart > queryCharactersMax) {
    return sendProblem(
      c,
      problem(414, "request.query_too_long", "The query is longer than 4 KiB."),
    );
  }
  if (method !== "GET" && method !== "HEAD") {
    const refused = await checkBody(c);
    if (refused !== null) return sendProblem(c, refused);
  }
  return next();
};

// A cursor has 200 characters, a search 100, eight metric ids 400.
const queryCharactersMax = 4096;
// The largest body is a bill of materials or a routing with 200 steps, about 40 KB.
const bodyBytesMax = 1_048_576;
// 100,000 rows of 150 bytes.
const uploadBytesMax = 16_777_216;
// Our deepest body has 5 levels; a parser should never meet what was made to exhaust it.
const depthMax = 32;

async function checkBody(c: Context): Promise<Problem | null> {
  const length = c.req.header("content-length");
  const isChunked = c.req.header("transfer-encoding") !== undefined;
  if (!isChunked && (length === undefined || length === "0")) {
    // Node's server hands on nothing else; other ones may not say the length.
    if (length === "0" || c.req.raw.body === null) return null;
  }
  const isUpload = /\/(import|attachments)$/.test(c.req.path);
  const bytesMax = isUpload ? uploadBytesMax : bodyBytesMax;
  if (Number(length ?? 0) > bytesMax) return tooLarge(bytesMax);
  const wrong = isUpload ? null : checkMediaType(c);
  if (wrong !== null) return wrong;
  // A body with a length is no longer than it says: the server cuts it there.
  const bytes =
    length === undefined ? await readUpTo(c, bytesMax) : new Uint8Array(await c.req.arrayBuffer());
  if (bytes === null) return tooLarge(bytesMax);
  return isUpload ? null : checkJson(c, bytes);
}

function checkMediaType(c: Context): Problem | null {
  const [type = "", ...parameters] = (c.req.header("content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const isUtf8 = parameters.every((part) => !part.startsWith("charset=") || /utf-?8/.test(part));
  if (c.req.header("content-encoding") !== undefined) {
    return problem(415, "request.encoding_not_supported", "Send the body without compression.");
  }
  return type === "application/json" && isUtf8
    ? null
    : problem(415, "request.type_not_supported", "Send application/json in UTF-8.");
}

/** Leaves the text for whoever parses it, so that it is decoded once. */
function checkJson(c: Context, bytes: Uint8Array): Problem | null {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return problem(400, "request.not_utf8", "The body is not UTF-8.");
  }
  if (isDeeper(text, depthMax)) {
    return problem(400, "request.too_deep", `The body is nested deeper than ${depthMax} levels.`);
  }
  if (!hasWholeTexts(text)) {
    return problem(400, "request.not_utf8", "A text of the body holds half a character.");
  }
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
  return null;
}

/** False for an escaped half of a surrogate pair: JSON may hold it (RFC 8259, 8.2), PostgreSQL may not. */
function hasWholeTexts(text: string): boolean {
  // Nearly no body has such an escape; only those are parsed twice.
  if (!/\\u[dD][89a-fA-F]/.test(text)) return true;
  let isWhole = true;
  try {
    JSON.parse(text, (name, value: unknown) => {
      isWhole &&= name.isWellFormed() && (typeof value !== "string" || value.isWellFormed());
      return value;
    });
  } catch {
    // No JSON at all, which its parser says better.
  }
  return isWhole;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Counts brackets outside of strings; what is no JSON at all is left to the parser. */
function isDeeper(text: string, levels: number): boolean {
  let depth = 0;
  let isString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (isString) {
      if (char === "\\") index += 1;
      else if (char === '"') isString = false;
    } else if (char === '"') {
      isString = true;
    } else if (char === "{" || char === "[") {
      depth += 1;
      if (depth > levels) return true;
    } else if (char === "}" || char === "]") {
      depth -= 1;
    }
  }
  return false;
}

/** The body of a request that does not say its length, or null as soon as it is longer. */
async function readUpTo(c: Context, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  Object.assign(c.req.bodyCache, { arrayBuffer: Promise.resolve(bytes.buffer) });
  return bytes;
}

function tooLarge(bytesMax: number): Problem {
  return problem(413, "request.too_large", `The body is larger than ${bytesMax / 1_048_576} MiB.`);
}
