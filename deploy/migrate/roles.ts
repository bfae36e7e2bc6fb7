import type { ClientBase } from "pg";

import { hasSecret, secret } from "../database/secrets.ts";
import { StartRefusal } from "../refusal.ts";
import { type Role, servingRoles } from "./grants.ts";

const roles: readonly Role[] = ["mw_owner", ...servingRoles];

export type RoleUrls = Readonly<Record<"owner" | "core" | "worker" | "ingest", string>>;

/**
 * Makes the four roles that are missing (LOGIN, neither SUPERUSER nor BYPASSRLS), each with its
 * secret from DATA_DIR/secrets, and returns the connection strings.
 *
 * Without CREATEROLE nothing can be made: all four are then the role that was given, which owns the
 * tables and so passes the owner's policies; core sees that in the catalogue and reports
 * `degraded: no second fence`.
 * @throws StartRefusal when the roles exist and their secrets are not in this DATA_DIR: they belong to
 * another installation on the server, whose passwords we must not change.
 */
export async function ensureRoles(
  admin: ClientBase,
  { url, dataDir }: { url: string; dataDir: string },
): Promise<{ urls: RoleUrls; hasSecondFence: boolean }> {
  const present = await presentRoles(admin);
  const missing = roles.filter((role) => !present.has(role));
  const foreign = [...present].filter((role) => !hasSecret(dataDir, role));
  if (missing.length + foreign.length > 0 && !(await canMakeRoles(admin))) {
    return { urls: { owner: url, core: url, worker: url, ingest: url }, hasSecondFence: false };
  }
  if (foreign.length > 0) {
    throw new StartRefusal(
      `The database server has the roles ${foreign.join(", ")} and ${dataDir}/secrets does not know their passwords: ` +
        `restore that folder, or use a server without another Millwright.`,
    );
  }
  for (const role of missing) {
    const password = admin.escapeLiteral(secret(dataDir, role));
    await admin.query(
      `create role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole password ${password}`,
    );
  }
  return { urls: roleUrls(url, dataDir), hasSecondFence: true };
}

/** Connection strings of the four roles for the server and database of `url`. */
export function roleUrls(url: string, dataDir: string): RoleUrls {
  const urlOf = (role: Role): string => withLogin(url, role, secret(dataDir, role));
  return {
    owner: urlOf("mw_owner"),
    core: urlOf("mw_core"),
    worker: urlOf("mw_worker"),
    ingest: urlOf("mw_ingest"),
  };
}

/** The same server and database with another login. */
export function withLogin(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(user);
  changed.password = encodeURIComponent(password);
  return changed.href;
}

/** The same server and login with another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

async function presentRoles(admin: ClientBase): Promise<Set<string>> {
  const { rows } = await admin.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname = any ($1)",
    [roles],
  );
  return new Set(rows.map((row) => row.rolname));
}

async function canMakeRoles(admin: ClientBase): Promise<boolean> {
  const { rows } = await admin.query<{ can: boolean }>(
    "select rolsuper or rolcreaterole as can from pg_roles where rolname = current_user",
  );
  return rows[0]?.can === true;
}
