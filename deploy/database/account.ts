import { spawnSync } from "node:child_process";

/** A system account as the kernel knows it. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

/**
 * The account the server must run as: null means "as we are". PostgreSQL refuses to run as root, so
 * root drops to `postgres` where the host has it, else to `nobody`, without asking.
 */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const account = lookUp("postgres") ?? lookUp("nobody");
  if (account === null) {
    throw new Error("running as root, and neither `postgres` nor `nobody` exists on this host");
  }
  return account;
}

/** Whether the account can pass through the folder and read it, all parents included. */
export function canEnter(account: Account | null, folder: string): boolean {
  return test(account, "-x", folder) && test(account, "-r", folder);
}

/** spawn() options that make a child run as the account. Supplementary groups are dropped by Node. */
export function asAccount(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

function lookUp(name: string): Account | null {
  const uid = spawnSync("id", ["-u", name], { encoding: "utf8" });
  const gid = spawnSync("id", ["-g", name], { encoding: "utf8" });
  if (uid.status !== 0 || gid.status !== 0) return null;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

// The kernel's own answer for that user: modes, groups and ACLs included.
function test(account: Account | null, operator: string, path: string): boolean {
  const asked = spawnSync("/bin/sh", ["-c", `[ ${operator} "$0" ]`, path], {
    ...asAccount(account),
    cwd: "/",
  });
  return asked.status === 0;
}
