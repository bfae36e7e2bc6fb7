import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z
  .object({
    DATABASE_URL: z.string().min(1, "is missing: the PostgreSQL URL of role mw_ingest"),
    HOST: z.string().default("127.0.0.1"),
    /** Where the embedded broker listens; gateways on other machines need one beyond loopback. */
    MQTT_HOST: z.string().optional(),
    MQTT_PORT: port.default(1883),
    MQTT_URL: z.url({ protocol: /^mqtts?$|^wss?$/, error: "is no mqtt:// URL" }).optional(),
    SPARKPLUG_HOST_ID: z
      .string()
      .regex(/^[^+#/]+$/, "must not be empty or hold + # or /")
      .default("millwright"),
    LOG_LEVEL: z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
      .default("info"),
  })
  .transform((given) => ({ ...given, MQTT_HOST: given.MQTT_HOST ?? given.HOST }));
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
