import { type AuditEntry, exportAudit, listAudit } from "@millwright/contracts/api";

import { createApi, type Requests } from "../http/api.ts";
import { cursorPart, pageOf, readCursor } from "../http/paging.ts";
import { guarded } from "../http/permission.ts";
import { columnsOf } from "../tables/column.ts";
import type { TableFiles } from "../tables/table-files.ts";
import { readAudit } from "./read-audit.ts";

/** Who changed what, for those who may know; as a file too. */
export function auditRoutes({ requests, files }: { requests: Requests; files: TableFiles }) {
  return createApi()
    .openapi(guarded(listAudit, mayRead), async (c) => {
      const { cursor, limit, ...filter } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.position])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readAudit(tx, { ...filter, before, limit: limit + 1 }),
      );
      return c.json(pageOf(rows, { limit, keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(exportAudit, mayRead), (c) => {
      const { format, ...filter } = c.req.valid("query");
      return files.exportList(c, {
        name: "audit",
        format,
        list: {
          columns,
          readPage: (tx, { after, limit }) =>
            readAudit(tx, { ...filter, before: after?.[0] ?? null, limit: limit + 1 }),
          keyOf,
          show: (entries) =>
            entries.map(({ actor, ...entry }) => ({ ...inCells(actor), ...entry })),
        },
      });
    });
}

const mayRead = { objectType: "audit", action: "read", on: "any" } as const;

function keyOf({ position }: AuditEntry): string[] {
  return [position];
}

function inCells({ kind, id, name, device }: AuditEntry["actor"]) {
  const { address, userAgent } = device ?? {};
  return { actorKind: kind, actorId: id, actorName: name, address, userAgent };
}

const columns = columnsOf<Omit<AuditEntry, "actor"> & ReturnType<typeof inCells>>({
  time: "instant",
  actorName: "text",
  actorKind: "text",
  address: "text",
  userAgent: "text",
  type: "text",
  objectType: "text",
  label: "text",
  changes: "text",
  payload: "text",
  objectId: "text",
  actorId: "text",
  position: "text",
});
