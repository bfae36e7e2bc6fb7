import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { hasSecret } from "./database/secrets.ts";
import { roleUrls } from "./migrate/roles.ts";
import { checkArchive, type Manifest, readManifest } from "./mw/archive.ts";
import { backup } from "./mw/backup.ts";
import { openInstallation } from "./mw/installation.ts";
import { replay } from "./mw/replay.ts";
import { restore } from "./mw/restore.ts";
import { verify } from "./mw/verify.ts";
import { StartRefusal, messageOf } from "./refusal.ts";

const usage = `npm run mw -- backup FILE [--with-secrets]
npm run mw -- restore FILE [--replace]
npm run mw -- verify [FILE]
npm run mw -- replay SUBSCRIPTION POSITION

The installation is that of DATA_DIR (./data), or the database of DATABASE_URL.`;

const commands = { backup: runBackup, restore: runRestore, verify: runVerify, replay: runReplay };
type Asked = {
  file: string | undefined;
  /** What comes after the first word: the position of a replay. */
  second: string | undefined;
  withSecrets: boolean;
  replace: boolean;
  dataDir: string;
};

/** `npm run mw -- …`: what an administrator does to a whole installation. Returns the exit code. */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const { command, ...asked } = readArguments(args, env);
    return await commands[command](asked, env);
  } catch (error) {
    if (!(error instanceof StartRefusal)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function runBackup(asked: Asked, env: NodeJS.ProcessEnv): Promise<number> {
  const path = fileOf(asked);
  await using installation = await openInstallation(asked.dataDir, env["DATABASE_URL"]);
  const secretsOf = asked.withSecrets ? asked.dataDir : null;
  const { manifest, bytes } = await backup({ adminUrl: installation.adminUrl, path, secretsOf });
  const { tables } = manifest;
  console.log(
    `${path}: ${rowsIn(manifest)} rows of ${tables.length} tables, ${megabytes(bytes)} MB`,
  );
  const elsewhere = tables.find(({ name }) => name === "platform.tenant_database")?.rows ?? 0;
  if (elsewhere > 0) {
    console.log(
      `${elsewhere} companies have databases of their own: back each up by its DATABASE_URL.`,
    );
  }
  if (secretsOf !== null) console.log("It holds secrets: keep it where nobody else can read it.");
  return 0;
}

async function runRestore(asked: Asked, env: NodeJS.ProcessEnv): Promise<number> {
  const path = fileOf(asked);
  await using installation = await openInstallation(asked.dataDir, env["DATABASE_URL"]);
  const { manifest, keptAs } = await restore({ ...installation, ...asked, path });
  console.log(
    `${installation.database} is as it was at ${manifest.madeTime}: ${rowsIn(manifest)} rows`,
  );
  if (keptAs !== null) console.log(`What was there before is kept in the database ${keptAs}.`);
  return await report(asked, installation.adminUrl, manifest);
}

async function runVerify(asked: Asked, env: NodeJS.ProcessEnv): Promise<number> {
  const manifest = asked.file === undefined ? undefined : await readManifest(fileOf(asked));
  if (manifest !== undefined) await checkArchive(fileOf(asked), manifest);
  await using installation = await openInstallation(asked.dataDir, env["DATABASE_URL"]);
  return await report(asked, installation.adminUrl, manifest);
}

async function runReplay(asked: Asked, env: NodeJS.ProcessEnv): Promise<number> {
  const { file: subscription, second: fromPosition, dataDir } = asked;
  if (subscription === undefined || !/^\d{1,19}$/.test(fromPosition ?? "")) {
    throw new StartRefusal(
      `Name the subscription and the position after which it begins.\n${usage}`,
    );
  }
  await using installation = await openInstallation(dataDir, env["DATABASE_URL"]);
  const { adminUrl } = installation;
  const coreUrl = coreUrlOf(adminUrl, dataDir);
  const from = fromPosition ?? "0";
  const { position } = await replay({ adminUrl, coreUrl, subscription, fromPosition: from });
  console.log(
    `${subscription} handles what is after ${from} again, up to ${position}, as soon as a worker runs.`,
  );
  return 0;
}

async function report(
  { dataDir }: Asked,
  adminUrl: string,
  manifest: Manifest | undefined,
): Promise<number> {
  const coreUrl = coreUrlOf(adminUrl, dataDir);
  const found = await verify({ adminUrl, coreUrl, ...(manifest && { manifest }) });
  for (const finding of found.findings) console.error(finding);
  const seen = `${found.workOrders} work orders and the stock of ${found.tenants} tenants`;
  const counts = manifest === undefined ? "" : "; every table has the rows of the archive";
  if (found.findings.length === 0)
    console.log(`verified: ${seen} follow from their events${counts}`);
  else console.error(`${found.findings.length} findings in ${seen}`);
  return found.findings.length === 0 ? 0 : 1;
}

function coreUrlOf(adminUrl: string, dataDir: string): string {
  if (!hasSecret(dataDir, "mw_core")) {
    throw new StartRefusal(
      `${dataDir}/secrets does not know the password of mw_core: set DATA_DIR to the folder of this installation.`,
    );
  }
  return roleUrls(adminUrl, dataDir).core;
}

function readArguments(args: readonly string[], env: NodeJS.ProcessEnv) {
  const options = { "with-secrets": { type: "boolean" }, replace: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, file, second] = positionals;
    const command = (Object.keys(commands) as (keyof typeof commands)[]).find(
      (one) => one === name,
    );
    if (command === undefined || positionals.length > (command === "replay" ? 3 : 2))
      throw new StartRefusal(usage);
    return {
      command,
      file,
      second,
      withSecrets: values["with-secrets"] === true,
      replace: values.replace === true,
      dataDir: resolve(env["DATA_DIR"] ?? "data"),
    };
  } catch (cause) {
    if (cause instanceof StartRefusal) throw cause;
    throw new StartRefusal(`${messageOf(cause)}\n${usage}`, { cause });
  }
}

function fileOf({ file }: Asked): string {
  if (file === undefined) throw new StartRefusal(`Name the file of the backup.\n${usage}`);
  return resolve(file);
}

function rowsIn({ tables }: Manifest): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

process.exitCode = await main(process.argv.slice(2), process.env);
