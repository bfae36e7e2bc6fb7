import type { ClientBase } from "pg";

export type Table = {
  /** `schema.table`, each quoted where it must be. */
  readonly name: string;
  /** As they are stored; generated ones are computed again. */
  readonly columns: readonly string[];
};
export type Partition = { readonly name: string; readonly parent: string; readonly bounds: string };

/**
 * Every table of ours, a referenced one before those that refer to it. Partitions and chunks come with
 * their parent. What a migration runner keeps about itself belongs to the database, not to the data.
 */
export async function listTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(`
    select c.oid::regclass::text as name,
           array(select quote_ident(a.attname) from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                    and a.attgenerated = ''
                  order by a.attnum) as columns,
           array(select distinct f.confrelid::regclass::text from pg_constraint f
                  where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname = any (${ourSchemas})
       and c.oid <> to_regclass('platform.migration')
       and not (n.nspname = 'bullmq' and c.relname ~ 'migration')
     order by 1`);
  return referencedFirst(rows);
}

function referencedFirst(tables: readonly (Table & { needs: readonly string[] })[]): Table[] {
  const placed = new Map<string, Table>();
  let waiting = [...tables];
  while (waiting.length > 0) {
    const known = new Set(waiting.map(({ name }) => name));
    const free = waiting.filter(({ needs }) => !needs.some((name) => known.has(name)));
    // A circle has no order; whoever restores it does so with its constraints switched off.
    for (const { name, columns } of free.length > 0 ? free : waiting) {
      placed.set(name, { name, columns });
    }
    waiting = waiting.filter(({ name }) => !placed.has(name));
  }
  return [...placed.values()];
}

export async function listSequences(
  client: ClientBase,
): Promise<{ name: string; last: string; isCalled: boolean }[]> {
  const { rows } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and n.nspname = any (${ourSchemas})
     order by 1`);
  const sequences = [];
  for (const { name } of rows) {
    const { rows: values } = await client.query<{ last: string; is_called: boolean }>(
      `select last_value::text as last, is_called from ${name}`,
    );
    const [value] = values;
    if (value !== undefined) sequences.push({ name, last: value.last, isCalled: value.is_called });
  }
  return sequences;
}

/** Native partitions of our tables that have bounds; the default ones are made by migrations. */
export async function listPartitions(client: ClientBase): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(`
    select c.oid::regclass::text as name, i.inhparent::regclass::text as parent,
           pg_get_expr(c.relpartbound, c.oid) as bounds
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_inherits i on i.inhrelid = c.oid
     where c.relispartition and c.relkind = 'r' and n.nspname = any (${ourSchemas})
       and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
     order by 1`);
  return rows;
}

export async function listMigrationsOf(client: ClientBase): Promise<string[]> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    "select to_regclass('platform.migration') is not null as exists",
  );
  if (found[0]?.exists !== true) return [];
  const { rows } = await client.query<{ name: string }>(
    "select name from platform.migration order by id",
  );
  return rows.map(({ name }) => name);
}

/** Ours are those whose owner also owns schema platform: whatever contexts there will be. */
const ourSchemas = `array(
  select s.nspname from pg_namespace s
   where s.nspname !~ '^(pg_|_timescaledb|timescaledb|information_schema|public$|toolkit)'
     and s.nspowner = (select p.nspowner from pg_namespace p where p.nspname = 'platform'))`;
