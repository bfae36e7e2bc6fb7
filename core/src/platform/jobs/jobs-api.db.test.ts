import type { AuditEntry, Job, JobSummary } from "@millwright/contracts/api";
import { tenantIdSchema } from "@millwright/contracts/units";
import { expect, test } from "vitest";
import { z } from "zod";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { defineJob } from "./define-job.ts";

type Page = { rows: JobSummary[]; nextCursor: string | null };

const { plant } = await plantOfFile();

const report = defineJob({
  name: "test.report",
  payload: z.object({ month: z.string() }),
  timeoutMs: 1000,
  handle: () => Promise.resolve(),
});

async function enqueue(tenantId = plant.tenantId): Promise<string> {
  return plant.core.jobs.enqueue(report, { tenantId, payload: { month: "2026-11" } });
}

test("lists the company's jobs by pages, by name and state", async () => {
  const added = [await enqueue(), await enqueue(), await enqueue()];
  const first = await plant.get<Page>("/api/admin/jobs?name=test.report&limit=2");
  expect(first.rows).toHaveLength(2);
  const cursor = encodeURIComponent(first.nextCursor ?? "");
  const second = await plant.get<Page>(`/api/admin/jobs?name=test.report&limit=2&cursor=${cursor}`);
  expect(second.nextCursor).toBeNull();
  const seen = [...first.rows, ...second.rows].map(({ jobId }) => jobId);
  expect(seen.toSorted()).toEqual(added.toSorted());
  expect((await plant.get<Page>("/api/admin/jobs?state=failed")).rows).toEqual([]);
  expect((await plant.get<Page>("/api/admin/jobs?name=test.other")).rows).toEqual([]);
});

test("shows what a job was given, cancels it and takes the cancellation back", async () => {
  const jobId = await enqueue();
  const path = `/api/admin/jobs/${jobId}`;
  expect(await plant.get<Job>(path)).toMatchObject({
    state: "waiting",
    payload: { month: "2026-11" },
    attemptsMax: 3,
  });
  expect(await plant.post<Job>(`${path}/cancel`)).toMatchObject({ state: "cancelled" });
  expect(await plant.call("POST", `${path}/cancel`)).toMatchObject({
    status: 409,
    body: { code: "job.command_refused", current: "cancelled", allowed: ["retry"] },
  });
  expect(await plant.post<Job>(`${path}/retry`)).toMatchObject({ state: "waiting" });
  // Who did so is in the audit trail; what was refused is not.
  const query = `/api/admin/audit?objectType=job&objectId=${jobId}`;
  const { rows } = await plant.get<{ rows: AuditEntry[] }>(query);
  expect(rows.map(({ label, changes }) => ({ label, changes }))).toMatchObject([
    { label: "test.report", changes: [{ field: "asked", after: "retry" }, { field: "state" }] },
    { label: "test.report", changes: [{ field: "asked", after: "cancel" }, { field: "state" }] },
  ]);
});

test("knows nothing of another company's jobs", async () => {
  const jobId = await enqueue(tenantIdSchema.parse(crypto.randomUUID()));
  const path = `/api/admin/jobs/${jobId}`;
  for (const [method, asked] of [
    ["GET", path],
    ["POST", `${path}/cancel`],
    ["POST", `${path}/retry`],
    ["GET", `${path}?scope=installation`],
  ] as const) {
    expect(await plant.call(method, asked)).toMatchObject({
      status: 404,
      body: { code: "job.unknown" },
    });
  }
  const page = await plant.get<Page>("/api/admin/jobs?limit=200");
  expect(page.rows.map((row) => row.jobId)).not.toContain(jobId);
});

test("refuses a cursor that is not ours", async () => {
  expect(await plant.call("GET", "/api/admin/jobs?cursor=abc")).toMatchObject({
    status: 400,
    body: { code: "request.cursor_not_valid" },
  });
});
