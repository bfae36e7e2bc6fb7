import type { AuditEntry, User } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

type Page = { rows: AuditEntry[]; nextCursor: string | null };

const { plant } = await plantOfFile();

test("an edit shows who, before, after and when, newest first and page by page", async () => {
  const invited = await plant.post<{ user: User }>("/api/admin/users", {
    name: "Olaf",
    email: "olaf@example.com",
    roles: ["viewer"],
    departmentId: null,
  });
  const { userId } = invited.user;
  const path = `/api/admin/users/${userId}`;
  const { version } = await plant.get<{ version: number }>(path);
  const saved = await plant.call("PATCH", path, { name: "Olaf Berg" }, undefined, version);
  expect(saved.status).toBe(200);

  const query = `/api/admin/audit?objectType=user&objectId=${userId}&type=record.changed`;
  const [edit, ...older] = (await plant.get<Page>(query)).rows;
  expect(edit).toMatchObject({ type: "record.changed", objectId: userId });
  expect(edit?.changes).toContainEqual({ field: "name", before: "Olaf", after: "Olaf Berg" });
  expect(older.length).toBeGreaterThan(0);

  const first = await plant.get<Page>(`${query}&limit=1`);
  expect(first.rows.map(({ position }) => position)).toEqual([edit?.position]);
  const cursor = encodeURIComponent(first.nextCursor ?? "");
  const second = await plant.get<Page>(`${query}&limit=1&cursor=${cursor}`);
  expect(second.rows[0]?.position).toBe(older[0]?.position);
});

test("refuses a filter that is no filter", async () => {
  for (const query of ["from=yesterday", "kind=dog", "objectType=DROP%20TABLE", "cursor=abc"]) {
    expect((await plant.call("GET", `/api/admin/audit?${query}`)).status).toBe(400);
  }
});
