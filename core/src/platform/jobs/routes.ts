import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Job, JobScope } from "@millwright/contracts/api";
import { cancelJob, getJob, listJobs, retryJob } from "@millwright/contracts/api";
import type { Context } from "hono";

import { recordChange } from "../audit/record-change.ts";
import { createApi, type Requests } from "../http/api.ts";
import { cursorPart, encodeCursor, readCursor } from "../http/paging.ts";
import { authoriseOf, callerOf, guarded, type Permission } from "../http/permission.ts";
import type { Platform } from "../platform.ts";
import type { Owner } from "./backends/engine.ts";
import type { jobObjectTypes } from "./permissions.ts";
import { type JobRecord, stateOf, summaryOf } from "./record.ts";

type Action = (typeof jobObjectTypes)["job"]["actions"][number];

/** The jobs page: what runs, waits and failed, and the two things a person may do about it. */
export function jobRoutes({
  jobs,
  log,
  requests,
}: Pick<Platform, "jobs" | "log"> & { requests: Requests }): OpenAPIHono {
  const api = createApi();
  api.openapi(guarded(listJobs, may("read")), async (c) => {
    const { cursor, limit, scope, state, name } = c.req.valid("query");
    await mustBeAllowed(c, "read", { scope });
    const [addedTime, jobId] = readCursor(cursor, [/^\d{1,16}$/, cursorPart.text]) ?? [];
    const before =
      addedTime === undefined || jobId === undefined
        ? null
        : { addedTime: Number(addedTime), jobId };
    const owner = ownerOf(c, scope);
    const queue = await jobs.of(callerOf(c).tenantId);
    const { records, next } = await queue.page({ owner, state, name, before, limit });
    const nextCursor = next === null ? null : encodeCursor([String(next.addedTime), next.jobId]);
    return c.json({ rows: records.map(summaryOf), nextCursor }, 200);
  });
  api.openapi(guarded(getJob, may("read")), async (c) => {
    const { scope } = c.req.valid("query");
    const queue = await jobs.of(callerOf(c).tenantId);
    const record = await queue.find(ownerOf(c, scope), c.req.valid("param").jobId);
    await mustBeAllowed(c, "read", { scope, name: record.name });
    return c.json(toJob(record), 200);
  });
  // Asked twice, a command is refused by the state the first one made: no stored answer is needed.
  for (const [route, action] of [
    [cancelJob, "cancel"],
    [retryJob, "retry"],
  ] as const) {
    api.openapi(guarded(route, may(action)), async (c) => {
      const { scope } = c.req.valid("query");
      const { jobId } = c.req.valid("param");
      const owner = ownerOf(c, scope);
      const queue = await jobs.of(callerOf(c).tenantId);
      const found = await queue.find(owner, jobId);
      const { name } = found;
      await mustBeAllowed(c, action, { scope, name });
      const { kind, id } = callerOf(c).actor;
      const record =
        action === "cancel"
          ? await queue.cancel(owner, jobId, `${kind}:${id}`)
          : await queue.retry(owner, jobId);
      log.info({ jobId, job: name, action, actor: { kind, id } }, "a person decided about a job");
      // After it: the queue may refuse, and what did not happen is not in the audit trail.
      await requests.transaction(c, async (tx, { actor }) => {
        recordChange(tx, {
          objectType: "job",
          objectId: jobId,
          label: name,
          before: { state: stateOf(found), asked: null },
          after: { state: stateOf(record), asked: action },
          by: actor,
        });
        await Promise.resolve();
      });
      return c.json(toJob(record), 200);
    });
  }
  return api;
}

function may(action: Action): Permission {
  return { objectType: "job", action, on: "object" };
}

function mustBeAllowed(
  c: Context,
  action: Action,
  object: { scope: JobScope; name?: string },
): Promise<void> {
  return authoriseOf(c)({ objectType: "job", action, object });
}

/** `installation` is the upkeep of the database the caller's company lives in. */
function ownerOf(c: Context, scope: JobScope): Owner {
  return scope === "tenant" ? callerOf(c).tenantId : null;
}

function toJob(record: JobRecord): Job {
  return { ...summaryOf(record), payload: record.data.payload, result: record.result };
}
