import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { z } from "zod";

const settingsSchema = z.object({
  CORE_URL: z.url().default("http://127.0.0.1:8080"),
  /** API key of the demo plant: it does what any other client of the API may. */
  CORE_API_KEY: z.string().default(""),
  MQTT_URL: z.url().default("mqtt://127.0.0.1:1883"),
  SPARKPLUG_HOST_ID: z.string().min(1).default("millwright"),
  DATA_DIR: z
    .string()
    .min(1)
    .default("./data")
    .transform((path) => resolve(path)),
  seed: z.coerce.number().int().default(1),
  /** Ten times as fast as a real line: an order is through in minutes. */
  speed: z.coerce.number().positive().max(100).default(10),
  "no-breaks": z.boolean().default(false),
});
export type Settings = z.output<typeof settingsSchema>;

/** One sentence for the person who started us. */
export class BadSetting extends Error {}

/**
 * The demo plant's environment and options (README.md).
 * @throws BadSetting naming the first wrong one.
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Settings {
  const parsed = settingsSchema.safeParse({ ...environment, ...readOptions(args) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadSetting(
    `The demo plant cannot start: ${issue?.path.join(".")} is wrong (${issue?.message}).`,
  );
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        speed: { type: "string" },
        "no-breaks": { type: "boolean" },
      },
    });
    return values;
  } catch (cause) {
    const known = "--seed NUMBER, --speed FACTOR and --no-breaks";
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new BadSetting(`The demo plant cannot start: ${problem}; known are ${known}.`, { cause });
  }
}
