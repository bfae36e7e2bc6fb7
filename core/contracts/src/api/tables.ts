import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";

import { idempotencyHeaderSchema, problemResponses, problemSchema } from "./problem.ts";

export const tableFormats = ["csv", "xlsx"] as const;
export type TableFormat = (typeof tableFormats)[number];

/** What is wrong with one row of a file, and where. */
export const rowProblemSchema = z
  .object({
    /** 1 is the header's line. A record of several lines has the line where it begins. */
    line: z.number().int(),
    /** The header of the cell; null when it is the row as a whole. */
    column: z.string().nullable(),
    /** As in a problem: `import.cell_not_valid`, or what the use case refuses (`item.number_taken`). */
    code: z.string(),
    reason: z.string(),
  })
  .openapi("RowProblem");
export type RowProblem = z.infer<typeof rowProblemSchema>;

export const importReportSchema = z
  .object({
    rows: z.number().int(),
    goodRows: z.number().int(),
    isDryRun: z.boolean(),
    /** All rows, or none. */
    isSaved: z.boolean(),
    problemCount: z.number().int(),
    /** By line, at most 1,000. */
    problems: z.array(rowProblemSchema),
  })
  .openapi("ImportReport");
export type ImportReport = z.infer<typeof importReportSchema>;

/** How far an import is. Unit of both: rows. */
export const importProgressSchema = z
  .object({
    /** The file is read, its rows are checked, what they say is stored. */
    phase: z.enum(["read", "check", "store"]),
    done: z.number().int(),
    total: z.number().int(),
  })
  .openapi("ImportProgress");
export type ImportProgress = z.infer<typeof importProgressSchema>;

/** A line of an import that is followed: the last one has the report or the problem. */
const importLineSchema = z
  .union([
    z.object({ progress: importProgressSchema }),
    z.object({ report: importReportSchema }),
    z.object({ problem: problemSchema }),
  ])
  .openapi("ImportLine");
export type ImportLine = z.infer<typeof importLineSchema>;

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const file = z.string().openapi({ format: "binary" });

type List<Path extends string, Query extends z.ZodObject> = {
  path: Path;
  tags: readonly string[];
  request: { query: Query };
};

/** Every row of a list as a file, under the list's own filters. */
export function exportOf<Path extends string, Query extends z.ZodObject>(list: List<Path, Query>) {
  const { path, tags, request } = list;
  return createRoute({ ...exported(path, tags), request: { query: filtersOf(request.query) } });
}

/** The same of a list that belongs to one thing, whose id is in the path. */
export function exportOfPart<
  Path extends string,
  Query extends z.ZodObject,
  Params extends z.ZodObject,
>(list: List<Path, Query> & { request: { params: Params } }) {
  const { path, tags, request } = list;
  const query = filtersOf(request.query);
  return createRoute({ ...exported(path, tags), request: { params: request.params, query } });
}

/** The same of a short list, which has neither pages nor filters. */
export function exportOfAll<Path extends string>(list: { path: Path; tags: readonly string[] }) {
  const { path, tags } = list;
  return createRoute({ ...exported(path, tags), request: { query: filtersOf(z.object({})) } });
}

function filtersOf<Query extends z.ZodObject>({ shape }: Query) {
  const { cursor: _, limit: __, ...filters } = shape;
  return z.object({
    ...(filters as Omit<Query["shape"], "cursor" | "limit">),
    format: z.enum(tableFormats).default("csv"),
  });
}

function exported<Path extends string>(path: Path, tags: readonly string[]) {
  return {
    method: "get" as const,
    path: `${path}/export` as const,
    tags: [...tags],
    responses: {
      200: {
        description: "The file; the header names the fields of the API",
        content: { "text/csv": { schema: file }, [xlsxType]: { schema: file } },
      },
      ...problemResponses,
    },
  } satisfies Omit<RouteConfig, "path"> & { path: string };
}

/**
 * A file whose rows are all made, or none. With `dryRun` nothing is saved, only told. Asked for
 * `application/x-ndjson`, it answers 200 at once and says how far it is, a line of JSON each.
 */
export function importOf<Path extends string>(list: { path: Path; tags: readonly string[] }) {
  return createRoute({
    method: "post",
    path: `${list.path}/import`,
    tags: [...list.tags],
    request: {
      query: z.object({ dryRun: z.stringbool().default(false).openapi({ type: "boolean" }) }),
      headers: idempotencyHeaderSchema,
      body: {
        required: true,
        description:
          "CSV (comma, semicolon or tab; UTF-8 or Windows-1252) or XLSX (first sheet), at most 16 MiB. The header names the fields; multipart: the first file.",
        content: { "text/csv": { schema: file }, [xlsxType]: { schema: file } },
      },
    },
    responses: {
      200: {
        description: "Saved, or what a dry run found",
        content: {
          "application/json": { schema: importReportSchema },
          "application/x-ndjson": { schema: importLineSchema },
        },
      },
      422: {
        description: "Rows are not valid, nothing is saved",
        content: {
          "application/problem+json": {
            schema: problemSchema.extend({ report: importReportSchema }).openapi("ImportProblem"),
          },
        },
      },
      ...problemResponses,
    },
  });
}
