import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/**
 * A DuckDB of its own, in memory or in a file, that loads nothing from outside and takes at most 512 MB:
 * what needs more spills to the disk beside a file, and fails in memory.
 */
export async function openDuckDb(path: string): Promise<{ duckdb: DuckDBConnection } & Disposable> {
  const instance = await DuckDBInstance.create(path, limits);
  const duckdb = await instance.connect();
  return {
    duckdb,
    [Symbol.dispose]() {
      duckdb.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * Parquet files as a relation, without the columns of the folder names: they are in the paths, not in the
 * files. `byName`: what a file lacks is null, because an older release wrote it.
 */
export function parquetRelation(paths: readonly string[], { byName = false } = {}): string {
  const files = paths.map(quoted).join(", ");
  return `read_parquet([${files}], hive_partitioning = false, union_by_name = ${byName})`;
}

/** A path as a literal of SQL. */
export function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

const limits = {
  memory_limit: "512MB",
  threads: "2",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
};
