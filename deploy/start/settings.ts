import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

import { type DatabaseKind, databaseKinds } from "../database/programs.ts";
import { StartRefusal, messageOf } from "../refusal.ts";

const port = z.coerce
  .number("must be a port number")
  .int("must be a port number")
  .min(1, "must be between 1 and 65535")
  .max(65_535, "must be between 1 and 65535");

// Names and defaults: ARCHITECTURE.md, "Names in the environment".
const environmentSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  MQTT_HOST: z.string().optional(),
  PORT: port.default(8080),
  MQTT_PORT: port.default(1883),
  MQTT_URL: z
    .string()
    .regex(/^(mqtts?|tcp|ssl|wss?):\/\/[^/]/, "must look like mqtt://host:1883")
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, "must start with postgresql://")
    .optional(),
  EMBEDDED_DB: z.enum(databaseKinds, "must be timescale or postgres").optional(),
  DATA_DIR: z.string().default("data"),
});

const argumentOptions = {
  "no-demo": { type: "boolean" },
  seed: { type: "string" },
  speed: { type: "string" },
} as const;

/** Everything the supervisor itself decides by; the processes read the rest from the environment. */
export type Settings = {
  /** Core listens here. */
  readonly host: string;
  /** Our broker listens here; devices authenticate, so it may lie beyond loopback. */
  readonly mqttHost: string;
  readonly port: number;
  readonly mqttPort: number;
  /** External broker; then ingest runs none. */
  readonly mqttUrl: string | undefined;
  /** External database; then no private server is started. */
  readonly databaseUrl: string | undefined;
  readonly databaseKind: DatabaseKind | undefined;
  /** Absolute. */
  readonly dataDir: string;
  readonly hasDemo: boolean;
  /** `--seed` and `--speed` as given, for the demo plant. */
  readonly demoArguments: readonly string[];
};

/** @throws StartRefusal naming every wrong value and where it came from. */
export function readSettings(env: NodeJS.ProcessEnv, args: readonly string[]): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = environmentSchema.safeParse(present);
  if (!result.success) {
    const reasons = result.error.issues.map(
      ({ path, message }) => `${path.join(".")}=${env[String(path[0])] ?? ""} ${message}`,
    );
    throw new StartRefusal(`Cannot start: ${reasons.join("; ")}.`);
  }
  const asked = result.data;
  return {
    host: asked.HOST,
    mqttHost: asked.MQTT_HOST ?? asked.HOST,
    port: asked.PORT,
    mqttPort: asked.MQTT_PORT,
    mqttUrl: asked.MQTT_URL,
    databaseUrl: asked.DATABASE_URL,
    databaseKind: asked.EMBEDDED_DB,
    dataDir: resolve(asked.DATA_DIR),
    ...readArguments(args),
  };
}

function readArguments(args: readonly string[]): Pick<Settings, "hasDemo" | "demoArguments"> {
  try {
    const { values } = parseArgs({ args: [...args], options: argumentOptions, strict: true });
    return {
      hasDemo: values["no-demo"] !== true,
      demoArguments: [
        ...(values.seed === undefined ? [] : ["--seed", numberOf("seed", values.seed)]),
        ...(values.speed === undefined ? [] : ["--speed", numberOf("speed", values.speed)]),
      ],
    };
  } catch (cause) {
    if (cause instanceof StartRefusal) throw cause;
    const [sentence] = messageOf(cause).split(/[.\n]/);
    throw new StartRefusal(
      `Cannot start: ${sentence}; known are --no-demo, --seed NUMBER and --speed FACTOR.`,
      { cause },
    );
  }
}

function numberOf(name: string, value: string): string {
  if (value.trim() !== "" && Number.isFinite(Number(value)) && Number(value) >= 0) return value;
  throw new StartRefusal(`Cannot start: --${name} ${value} must be a number, 0 or more.`);
}
