import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

const registrationSchema = z.object({
  groupId: z.string(),
  /** Gateway → MQTT user name and token. */
  gateways: z.record(z.string(), z.object({ username: z.string(), token: z.string() })),
  /** `<work unit>/<device>/<metric>/<role>` of every binding made: binding again would end the old one. */
  bindings: z.array(z.string()),
});
export type Registration = z.infer<typeof registrationSchema>;

/** The file with the gateways' credentials, readable by its owner only. */
export function registrationFile(dir: string): string {
  return join(dir, "registration.json");
}

/** What earlier starts agreed with the core; null when there is none (or it is not readable). */
export async function readRegistration(dir: string): Promise<Registration | null> {
  try {
    return registrationSchema.parse(JSON.parse(await readFile(registrationFile(dir), "utf8")));
  } catch {
    // Registering again renews the tokens: a lost file costs nothing but the old ones.
    return null;
  }
}

export async function writeRegistration(dir: string, registration: Registration): Promise<void> {
  await writeSecret(registrationFile(dir), `${JSON.stringify(registration, null, 2)}\n`);
}

/** Writes whole or not at all, for the owner's eyes (0600). */
export async function writeSecret(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  // `mode` is for new files only: a left-over one keeps its own.
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
