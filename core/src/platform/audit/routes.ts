import { listAudit } from "@millwright/contracts/api";

import { createApi, type Requests } from "../http/api.ts";
import { cursorPart, pageOf, readCursor } from "../http/paging.ts";
import { guarded } from "../http/permission.ts";
import { readAudit } from "./read-audit.ts";

/** Who changed what, for those who may know. */
export function auditRoutes({ requests }: { requests: Requests }) {
  return createApi().openapi(
    guarded(listAudit, { objectType: "audit", action: "read", on: "any" }),
    async (c) => {
      const { cursor, limit, ...filter } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.position])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readAudit(tx, { ...filter, before, limit: limit + 1 }),
      );
      type Row = (typeof rows)[number];
      const page = { limit, keyOf: (row: Row) => [row.position], show: (row: Row) => row };
      return c.json(pageOf(rows, page), 200);
    },
  );
}
