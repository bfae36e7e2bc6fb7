import { z } from "zod";

import { trustedProxies } from "../http/trusted-proxies.ts";

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "must start with postgresql://")
  .describe("PostgreSQL, with the login of the role this process serves as");
const logLevel = z
  .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
  .default("info")
  .describe("least weighty lines that are written to the log");
const redisUrl = z
  .string()
  .regex(/^rediss?:\/\/./, "must start with redis://")
  .optional()
  .describe("Redis or Valkey that queues jobs; unset: the database does");
const otlpEndpoint = z
  .url({ protocol: /^https?$/, error: "is no http:// URL" })
  .optional()
  .describe("collector of traces by OTLP/HTTP, such as http://127.0.0.1:4318; unset: no traces");

const archiveDir = z
  .string()
  .optional()
  .describe("folder of the archive's Parquet files, the same for core and worker; unset: none");

const sealingKeys = z
  .string()
  .transform((keys) => keys.split(",").map((key) => key.trim()))
  .refine((keys) => keys.every((key) => key.length >= 32), "needs at least 32 characters a key")
  .optional()
  .describe("secrets that seal stored secrets, comma-separated: the first seals, all open");

/** Each setting of core is declared once: its name, what it may be, its default and what it means. */
export const coreConfigSchema = z.object({
  DATABASE_URL: databaseUrl,
  HOST: z.string().default("127.0.0.1").describe("address core serves on"),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe("port core serves on; 0 takes a free one"),
  PUBLIC_URL: z.url().optional().describe("address under which people reach core"),
  CORS_ORIGINS: z
    .string()
    .transform((origins) => origins.split(",").map((origin) => origin.trim()))
    .refine((origins) => origins.every(isOrigin), "is a list of origins such as https://a.example")
    .optional()
    .describe("other sites whose pages may use the API, comma-separated; none by default"),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .refine((list) => trustedProxies(list) !== null, "is a list such as 10.0.0.5,192.0.2.0/24")
    .optional()
    .describe("own proxies whose X-Forwarded-For tells who asks; none by default"),
  SIGNING_KEYS: z
    .string("is missing: npm start keeps it in DATA_DIR/secrets")
    .transform((keys) => keys.split(",").map((key) => key.trim()))
    .refine((keys) => keys.every((key) => key.length >= 32), "needs at least 32 characters a key")
    .describe("secrets that sign access tokens, comma-separated: the first signs, all verify"),
  SEALING_KEYS: sealingKeys,
  SETUP_CODE: z
    .string()
    .min(16)
    .optional()
    .describe("secret that the first run asks for before it makes an administrator"),
  SMTP_URL: z.string().optional().describe("mail server; unset: links are handed over by hand"),
  DASHBOARDS_DIR: z
    .string()
    .optional()
    .describe("built files of the dashboards, relative to the working folder"),
  ARCHIVE_DIR: archiveDir,
  REDIS_URL: redisUrl,
  OIDC_MAY_BE_INSIDE: z
    .stringbool()
    .default(false)
    .describe("whether OpenID providers may be at addresses of our own network"),
  LOG_LEVEL: logLevel,
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
});
export type CoreConfig = z.infer<typeof coreConfigSchema>;

export const workerConfigSchema = z.object({
  DATABASE_URL: databaseUrl,
  ARCHIVE_DIR: archiveDir,
  REDIS_URL: redisUrl,
  SMTP_URL: z.string().optional().describe("mail server; unset: mails wait in the outbox"),
  SEALING_KEYS: sealingKeys,
  WEBHOOKS_MAY_BE_INSIDE: z
    .stringbool()
    .default(false)
    .describe("whether webhooks may go to addresses of our own network"),
  LOG_LEVEL: logLevel,
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  WORKER_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe("loopback port on which the worker serves /metrics; unset: none, 0: a free one"),
});

/** A setting is missing or wrong; the message is one sentence for the person who starts the process. */
export class ConfigRefused extends Error {
  override readonly name = "ConfigRefused";
}

/**
 * Reads settings from environment variables; an empty one counts as absent.
 * @throws ConfigRefused naming every wrong variable.
 */
export function readConfig<S extends z.ZodType>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.infer<S> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  throw new ConfigRefused(`Cannot start: ${reasons.join("; ")}.`);
}

/** Scheme, host and port, and nothing after them: what browsers send as `Origin`. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
