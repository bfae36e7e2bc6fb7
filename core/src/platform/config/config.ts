import { z } from "zod";

const logLevel = z
  .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
  .default("info");
const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, "must start with postgresql://");

export const coreConfigSchema = z.object({
  DATABASE_URL: databaseUrl,
  HOST: z
    .string()
    .default("127.0.0.1")
    .refine(
      isLoopback,
      "must be a loopback address: core has no sign-in yet, so it serves this machine only",
    ),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  PUBLIC_URL: z.url().optional(),
  /** Built files of the dashboards; relative to the working folder. */
  DASHBOARDS_DIR: z.string().optional(),
  LOG_LEVEL: logLevel,
});
export type CoreConfig = z.infer<typeof coreConfigSchema>;

export const workerConfigSchema = z.object({ DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel });

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

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
