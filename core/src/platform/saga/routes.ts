import { listSagas, retrySaga, type Saga } from "@millwright/contracts/api";

import { createApi, type Requests } from "../http/api.ts";
import { cursorPart, pageOf, readCursor } from "../http/paging.ts";
import { guarded, type Permission } from "../http/permission.ts";
import { readSagas, retryStuck } from "./operate-saga.ts";

/** Flows that wait for a person, and the one thing a person may do about them. */
export function sagaRoutes({ requests }: { requests: Requests }) {
  return createApi()
    .openapi(guarded(listSagas, may("read")), async (c) => {
      const { cursor, limit, state } = c.req.valid("query");
      const [startedTime, sagaId] = readCursor(cursor, [instant, cursorPart.uuid]) ?? [];
      const before =
        startedTime === undefined || sagaId === undefined ? null : { startedTime, sagaId };
      const rows = await requests.transaction(c, (tx) =>
        readSagas(tx, { state, before, limit: limit + 1 }),
      );
      return c.json(pageOf(rows, { limit, keyOf, show: asItIs }), 200);
    })
    .openapi(guarded(retrySaga, may("retry")), async (c) => {
      const { sagaId } = c.req.valid("param");
      const saga = await requests.act(c, { sagaId }, (tx, { actor }) =>
        retryStuck(tx, sagaId, actor),
      );
      return c.json(saga, 200);
    });
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$/;

function keyOf(row: Saga): string[] {
  return [row.startedTime, row.sagaId];
}

function asItIs(row: Saga): Saga {
  return row;
}

function may(action: "read" | "retry"): Permission {
  return { objectType: "saga", action, on: "any" };
}
