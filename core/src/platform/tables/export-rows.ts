import type { TableFormat } from "@millwright/contracts/api";
import type { TenantId } from "@millwright/contracts/units";

import type { Database } from "../db/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import type { Column } from "./column.ts";
import { csvWriter } from "./csv.ts";
import { xlsxWriter } from "./xlsx-writer.ts";

/** A list as a file: the same reads as its pages, from the first row to the last. */
export type ExportedList<Row, Shown> = {
  columns: readonly Column<Shown>[];
  /** Rows after a key, in the order of the list: one more than `limit` when there are more. */
  readPage: (
    tx: Transaction,
    page: { after: readonly string[] | null; limit: number },
  ) => Promise<readonly Row[]>;
  keyOf: (row: Row) => readonly string[];
  /** What a page becomes in the file: the same rows, or several for each. */
  show: (rows: readonly Row[], tx: Transaction) => readonly Shown[] | Promise<readonly Shown[]>;
};

/** A list that is read at once, because it has hundreds of rows at most, as one that has pages. */
export function wholeList<Row>(
  columns: readonly Column<Row>[],
  readAll: (tx: Transaction) => Promise<readonly Row[]>,
): ExportedList<{ row: Row; place: number }, Row> {
  return {
    columns,
    readPage: async (tx, { after, limit }) => {
      const start = after === null ? 0 : Number(after[0]) + 1;
      const rows = (await readAll(tx)).map((row, place) => ({ row, place }));
      return rows.slice(start, start + limit + 1);
    },
    keyOf: ({ place }) => [String(place)],
    show: (rows) => rows.map(({ row }) => row),
  };
}

/** What a client gets: bytes as it takes them, and what they are. */
export type ExportedFile = { body: ReadableStream<Uint8Array>; contentType: string };

type Snapshots = Pick<Database, "inSnapshot">;

/**
 * Opens exports: each is one snapshot of the tenant's rows, read page by page as fast as the client
 * takes them, so memory holds one page whatever the list is. At most two run at a time in a process and
 * each for five minutes, because each holds a connection and keeps old rows alive.
 */
export class Exports {
  readonly #db: Snapshots;
  #running = 0;

  constructor(db: Snapshots) {
    this.#db = db;
  }

  /**
   * Resolves once the first page is read, so that what goes wrong until then is still an answer.
   * @throws Refusal export.too_many
   */
  async open<Row, Shown>(
    tenantId: TenantId,
    format: TableFormat,
    list: ExportedList<Row, Shown>,
  ): Promise<ExportedFile> {
    if (this.#running >= runningMax) throw tooMany();
    this.#running += 1;
    const file = format === "csv" ? csvWriter(list.columns) : xlsxWriter(list.columns);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const out = writable.getWriter();
    const first = Promise.withResolvers<void>();
    const tooLate = setTimeout(() => {
      out.abort(new Error("the export took longer than five minutes")).catch(() => undefined);
    }, exportMsMax);
    void this.#db
      .inSnapshot(tenantId, async (tx) => {
        let isHeadWritten = false;
        for await (const rows of pagesOf(list, tx)) {
          first.resolve();
          if (!isHeadWritten) await out.write(file.head());
          isHeadWritten = true;
          await out.write(file.rows(rows));
        }
        await out.write(file.end());
      })
      .then(() => out.close())
      .catch(async (error: unknown) => {
        first.reject(error);
        // A client that is still there sees its download break off; one that went has ended it already.
        await out.abort(error).catch(() => undefined);
      })
      .finally(() => {
        clearTimeout(tooLate);
        this.#running -= 1;
      });
    await first.promise;
    return { body: readable, contentType: file.contentType };
  }
}

const runningMax = 2;
const exportMsMax = 5 * 60_000;
// About 200 KB of rows: few round trips, and little to hold for a slow client.
const rowsPerPage = 500;

/** At least one page, which may be empty. */
async function* pagesOf<Row, Shown>(list: ExportedList<Row, Shown>, tx: Transaction) {
  let after: readonly string[] | null = null;
  for (;;) {
    const read: readonly Row[] = await list.readPage(tx, { after, limit: rowsPerPage });
    const rows = read.slice(0, rowsPerPage);
    yield await list.show(rows, tx);
    const last = rows.at(-1);
    if (read.length <= rowsPerPage || last === undefined) return;
    after = list.keyOf(last);
  }
}

function tooMany(): Refusal {
  return new Refusal("export.too_many", "Two exports are running here already. Try again soon.", {
    kind: "too_many",
    retryAfterS: 10,
  });
}
