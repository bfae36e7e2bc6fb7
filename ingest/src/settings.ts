import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);

/** Each setting of ingest is declared once: its name, what it may be, its default and what it means. */
export const ingestSettingsSchema = z.object({
  DATABASE_URL: z
    .string()
    .min(1, "is missing: the PostgreSQL URL of role mw_ingest")
    .describe("PostgreSQL, with the login of the role mw_ingest"),
  HOST: z
    .string()
    .default("127.0.0.1")
    .describe("where the broker listens unless MQTT_HOST is set"),
  MQTT_HOST: z
    .string()
    .optional()
    .describe(
      "where the embedded broker listens; gateways on other machines need one beyond loopback",
    ),
  MQTT_PORT: port.default(1883).describe("port of the embedded broker"),
  MQTT_URL: z
    .url({ protocol: /^mqtts?$|^wss?$/, error: "is no mqtt:// URL" })
    .optional()
    .describe("an external broker instead of the embedded one"),
  SPARKPLUG_HOST_ID: z
    .string()
    .regex(/^[^+#/]+$/, "must not be empty or hold + # or /")
    .default("millwright")
    .describe("the primary host edge nodes wait for"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("least weighty lines that are written to the log"),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "is no http:// URL" })
    .optional()
    .describe("collector of traces by OTLP/HTTP, such as http://127.0.0.1:4318; unset: no traces"),
  INGEST_METRICS_PORT: port
    .optional()
    .describe("loopback port on which ingest serves /metrics; unset: none, 0: a free one"),
});
const environment = ingestSettingsSchema.transform((given) => ({
  ...given,
  MQTT_HOST: given.MQTT_HOST ?? given.HOST,
}));
export type Settings = z.infer<typeof environment>;

/** @throws Error with one sentence that names the variable and the rule. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  // An empty variable is one that was not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = environment.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join(".")} ${issue?.message}`);
}
