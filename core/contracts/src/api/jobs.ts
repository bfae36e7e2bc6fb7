import { createRoute, z } from "@hono/zod-openapi";

import { type JobCommand, jobStates } from "../states/tables.ts";
import {
  idempotencyHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
} from "./problem.ts";

export const jobStateSchema = z.enum(jobStates);

const instantSchema = z.iso.datetime();

export const jobSummarySchema = z
  .object({
    jobId: z.string(),
    /** `<context>.<purpose>` */
    name: z.string(),
    state: jobStateSchema,
    /** True from the moment somebody cancelled it; an active job then has a second to stop. */
    isCancelAsked: z.boolean(),
    /** Tries that ended so far. */
    attempt: z.number().int(),
    attemptsMax: z.number().int(),
    progress: z
      .object({ done: z.number(), total: z.number(), note: z.string().nullable() })
      .nullable(),
    /** Why the last try failed. */
    failure: z.string().nullable(),
    addedTime: instantSchema,
    startedTime: instantSchema.nullable(),
    finishedTime: instantSchema.nullable(),
  })
  .openapi("JobSummary");
export type JobSummary = z.infer<typeof jobSummarySchema>;

export const jobSchema = jobSummarySchema
  .extend({ payload: z.unknown(), result: z.unknown() })
  .openapi("Job");
export type Job = z.infer<typeof jobSchema>;

/** `installation`: upkeep of the database the company lives in, which belongs to no tenant. */
export const jobScopeSchema = z.enum(["tenant", "installation"]);
export type JobScope = z.infer<typeof jobScopeSchema>;

const scopeQuery = { scope: jobScopeSchema.default("tenant") };
const jobParams = z.object({ jobId: z.string().min(1).max(200) });

export const listJobs = createRoute({
  method: "get",
  path: "/api/admin/jobs",
  tags: ["jobs"],
  summary: "Jobs of the last 24 hours and dead letters of two weeks, newest first",
  request: {
    query: pageQuerySchema.extend({
      ...scopeQuery,
      state: jobStateSchema.optional(),
      name: z.string().max(100).optional(),
    }),
  },
  responses: {
    200: json(pageOf(jobSummarySchema), "A page; it may be short although there are more"),
    ...problemResponses,
  },
});

export const getJob = createRoute({
  method: "get",
  path: "/api/admin/jobs/{jobId}",
  tags: ["jobs"],
  request: { params: jobParams, query: z.object(scopeQuery) },
  responses: {
    200: json(jobSchema, "The job with what it was given and what it returned"),
    ...problemResponses,
  },
});

function commandRoute(command: JobCommand, summary: string) {
  return createRoute({
    method: "post",
    path: `/api/admin/jobs/{jobId}/${command}` as const,
    tags: ["jobs"],
    summary,
    request: { params: jobParams, query: z.object(scopeQuery), headers: idempotencyHeaderSchema },
    responses: { 200: json(jobSchema, "The job as it is now"), ...problemResponses },
  });
}

export const cancelJob = commandRoute(
  "cancel",
  "Take a job back: an active one stops within a second",
);
export const retryJob = commandRoute("retry", "Run a dead letter or a cancelled job once more");
