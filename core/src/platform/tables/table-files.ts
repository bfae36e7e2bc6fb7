import type { ImportReport, TableFormat } from "@millwright/contracts/api";
import type { Context, TypedResponse } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";

import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import type { Asking, Requests } from "../http/api.ts";
import { callerOf } from "../http/permission.ts";
import { problem, ProblemThrown } from "../http/problem.ts";
import type { Platform } from "../platform.ts";
import { type ExportedList, Exports } from "./export-rows.ts";
import { breathe, linesOf, progressType, type TellProgress } from "./import-progress.ts";
import { ImportProblems } from "./import-report.ts";
import { readFileRecords } from "./read-file.ts";
import { type FileRow, readRows, type RowShape } from "./read-rows.ts";

/** What a file of a list becomes. */
export type ImportedList<S extends z.ZodObject> = RowShape<S> & {
  /**
   * Makes what the rows say, under the same rules as one by one; what a rule refuses is told to
   * `problems`. Runs also for a dry run and for a file with bad rows, and is rolled back then.
   */
  make: (
    tx: Transaction,
    rows: readonly FileRow<z.infer<S>>[],
    to: { problems: ImportProblems; caller: Asking; tell: TellProgress },
  ) => Promise<void>;
};

type Answered = Response & TypedResponse<ImportReport, 200, "json">;

/** Lists as files: how routes export and import. */
export type TableFiles = ReturnType<typeof createTableFiles>;

export function createTableFiles(deps: {
  platform: Pick<Platform, "db" | "log">;
  requests: Requests;
}) {
  const exports = new Exports(deps.platform.db);
  return {
    /** Answers with the list as a file called `name`. @throws Refusal export.too_many */
    async exportList<Row, Shown>(
      c: Context,
      asked: { name: string; format: TableFormat; list: ExportedList<Row, Shown> },
    ): Promise<Response> {
      const { name, format, list } = asked;
      const file = await exports.open(callerOf(c).tenantId, format, list);
      return new Response(file.body, {
        headers: {
          "Content-Type": file.contentType,
          "Content-Disposition": `attachment; filename="${name}.${format}"`,
          "Cache-Control": "no-store",
        },
      });
    },
    /** Answers with the report when saved or a dry run. @throws ProblemThrown 422 when rows are bad */
    async importList<S extends z.ZodObject>(
      c: Context,
      { isDryRun, list }: { isDryRun: boolean; list: ImportedList<S> },
    ): Promise<Answered> {
      const bytes = await readUpload(c);
      const run = async (tell: TellProgress): Promise<ImportReport> => {
        const records = readFileRecords(bytes, list.rowsMax);
        const total = Math.max(0, records.length - 1);
        tell({ phase: "read", done: total, total });
        const keyed = { sha256: await digestOf(bytes), isDryRun };
        try {
          return await deps.requests.act(c, keyed, async (tx, caller) => {
            await breathe();
            const problems = new ImportProblems();
            const rows = readRows(records, list, (found) => problems.add(found));
            tell({ phase: "check", done: total, total });
            await breathe();
            await list.make(tx, rows, { problems, caller, tell });
            tell({ phase: "store", done: total, total });
            const made = problems.report(total, isDryRun);
            if (!made.isSaved) throw new NotSaved(made);
            return made;
          });
        } catch (error) {
          if (!(error instanceof NotSaved)) throw error;
          if (!error.report.isDryRun) throw refusedRows(error.report);
          return error.report;
        }
      };
      const isFollowed = c.req.header("accept")?.includes(progressType) === true;
      if (isFollowed) {
        const headers = { "Content-Type": progressType, "Cache-Control": "no-store" };
        // The types of routes know one shape of a 200; the OpenAPI document knows both.
        return c.body(linesOf(run, deps.platform.log), 200, headers) as Response as Answered;
      }
      return c.json(await run(() => {}), 200);
    },
  };
}

/** Rolls an import back; no fault of anybody. */
class NotSaved extends Error {
  readonly report: ImportReport;

  constructor(report: ImportReport) {
    super("the import is not saved");
    this.report = report;
  }
}

function refusedRows(report: ImportReport): ProblemThrown {
  const detail = `${report.problemCount} cells or rows are not valid; nothing is saved.`;
  const body = { ...problem(422, "import.rows_refused", detail), report };
  return new ProblemThrown(body);
}

const mediaTypes = [
  "text/csv",
  "application/csv",
  "application/vnd.ms-excel",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/octet-stream",
];

/** The body, or the first file of a form. Its size is limited before it gets here. */
async function readUpload(c: Context): Promise<Uint8Array> {
  const type = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "multipart/form-data") {
    const parts = Object.values(await c.req.parseBody());
    const file = parts.find((part) => part instanceof File);
    if (file !== undefined) return new Uint8Array(await file.arrayBuffer());
    throw new Refusal("import.no_file", "The form has no file.", { kind: "invalid" });
  }
  if (mediaTypes.includes(type)) return new Uint8Array(await c.req.arrayBuffer());
  throw new HTTPException(415, { message: `Send CSV or XLSX as ${mediaTypes.join(", ")}.` });
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
