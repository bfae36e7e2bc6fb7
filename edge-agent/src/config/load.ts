import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { type Config, configSchema } from "./config.ts";

/** The configuration cannot be used. One line per mistake: file, line, key, what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads and checks a configuration file; the token, where it lies in a file, is read too.
 *
 * @throws ConfigError naming file, line and key of every mistake.
 */
export async function loadConfig(file: string): Promise<Config> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`${file}: cannot be read; check the path given with --config`, { cause });
  });
  const config = parseConfig({ text, file });
  const { tokenFile } = config.broker;
  if (tokenFile === undefined) return config;
  const path = resolve(dirname(file), tokenFile);
  const token = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConfigError(
      `${file}: broker.tokenFile: ${path} cannot be read; put the device's token there`,
      { cause },
    );
  });
  return { ...config, broker: { ...config.broker, token: token.trim() } };
}

/** Checks a configuration. `file` only names it in messages. @throws ConfigError */
export function parseConfig({ text, file }: { text: string; file: string }): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => {
      const [firstLine = error.message] = error.message.split(/ at line \d+/);
      return `${file}:${lines.linePos(error.pos[0]).line}: ${firstLine}`;
    });
    throw new ConfigError(mistakes.join("\n"));
  }
  const parsed = configSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) =>
    spread(issue).map(
      ({ path, message }) =>
        `${file}:${lineOf(document, path, lines)}: ${formatPath(path)}${message}`,
    ),
  );
  throw new ConfigError(mistakes.join("\n"));
}

type Mistake = { path: PropertyKey[]; message: string };

/** Each unknown key is a mistake of its own, at its own line. */
function spread(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: "there is no such key; check the spelling or remove it",
    }));
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ path: issue.path, message: `is missing; it needs a ${issue.expected}` }];
  }
  if (issue.code === "invalid_union" && issue.path.at(-1) === "driver") {
    return [{ path: issue.path, message: "there is no such driver: write modbus-tcp or opc-ua" }];
  }
  return [{ path: issue.path, message: issue.message }];
}

/** `devices[0].metrics[2].register: `, empty for the whole file. */
function formatPath(path: readonly PropertyKey[]): string {
  const text = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("");
  return text === "" ? "" : `${text.replace(/^\./, "")}: `;
}

/** The line of a key, or of the nearest thing around it when the key is missing. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const node = pair === undefined ? document.getIn(path.slice(0, depth), true) : pair.key;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
