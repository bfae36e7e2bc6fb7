import { createHash } from "node:crypto";

import type { ClientBase } from "pg";

import { type Grant, grants, servingRoles } from "./grants.ts";

/** Every schema the list speaks about; a context that is not in it is reachable by nobody. */
export const grantedSchemas: readonly string[] = [...new Set(grants.map(({ schema }) => schema))];

/** One object the list speaks about. Partitions are left out (see Grant). */
type Relation = { schema: string; name: string; kind: Grant["kind"]; signature: string };

/**
 * Takes everything from the serving roles in our schemas and gives what the list says, in one
 * transaction: other sessions see the old rights or the new ones, never none. Done only when the
 * outcome differs from the last time, because TimescaleDB repeats every grant on every chunk.
 */
export async function applyGrants(owner: ClientBase): Promise<void> {
  const relations = await listRelations(owner);
  const schemas = [...new Set(relations.map((relation) => relation.schema))];
  const statements = [
    ...schemas.map(takeAll),
    ...grants.flatMap((grant) => statementsOf(grant, relations)),
  ];
  const note = `Migrations that were applied, by the runner. Grants: ${digestOf(statements)}`;
  if ((await readNote(owner)) === note) return;
  const remember = `comment on table platform.migration is '${note}'`;
  await owner.query(["begin", ...statements, remember, "commit"].join(";\n"));
}

function digestOf(statements: readonly string[]): string {
  return createHash("sha256").update(statements.join(";\n")).digest("hex");
}

async function readNote(owner: ClientBase): Promise<string | null> {
  const { rows } = await owner.query<{ note: string | null }>(
    "select obj_description('platform.migration'::regclass) as note",
  );
  return rows[0]?.note ?? null;
}

function takeAll(schema: string): string {
  const roles = servingRoles.join(", ");
  return [
    `revoke all on schema ${schema} from ${roles}`,
    `revoke all on all tables in schema ${schema} from ${roles}`,
    `revoke all on all sequences in schema ${schema} from ${roles}`,
    // PostgreSQL lets everybody execute a new routine, SECURITY DEFINER ones too.
    `revoke all on all routines in schema ${schema} from public, ${roles}`,
  ].join(";\n");
}

function statementsOf(grant: Grant, relations: readonly Relation[]): string[] {
  const objects = relations.filter((relation) => covers(grant, relation));
  if (objects.length === 0) return [];
  const to = grant.to.join(", ");
  const noun = { tables: "table", views: "table", sequences: "sequence", routines: "routine" }[
    grant.kind
  ];
  return [
    `grant usage on schema ${grant.schema} to ${to}`,
    `grant ${grant.privileges} on ${noun} ${objects.map((object) => object.signature).join(", ")} to ${to}`,
  ];
}

function covers(grant: Grant, relation: Relation): boolean {
  return (
    grant.schema === relation.schema &&
    grant.kind === relation.kind &&
    (grant.only?.includes(relation.name) ?? true) &&
    !(grant.except?.includes(relation.name) ?? false)
  );
}

async function listRelations(owner: ClientBase): Promise<Relation[]> {
  const { rows } = await owner.query<Relation>(
    `
    with ours as (
      select oid, nspname from pg_namespace where nspname = any ($1)
    )
    select n.nspname as schema, c.relname as name, c.oid::regclass::text as signature,
           case c.relkind when 'v' then 'views' when 'm' then 'views' when 'S' then 'sequences'
                          else 'tables' end as kind
      from pg_class c join ours n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition
    union all
    select n.nspname, p.proname, p.oid::regprocedure::text, 'routines'
      from pg_proc p join ours n on n.oid = p.pronamespace
     order by 1, 2`,
    [grantedSchemas],
  );
  return rows;
}
