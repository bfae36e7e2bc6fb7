import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  commandCount as commandCountRoute,
  commandReservation,
  commandTransfer as commandTransferRoute,
  createCount,
  createReservation,
  createTransfer,
  getCount,
  getTransfer,
  listCounts,
  listReservations,
  listTransfers,
  printLabels as printLabelsRoute,
  readScan as readScanRoute,
  receiveTransfer as receiveTransferRoute,
  reportCount as reportCountRoute,
  shipTransfer as shipTransferRoute,
  suggestPicks as suggestPicksRoute,
  suggestPutAways as suggestPutAwaysRoute,
} from "@millwright/contracts/api";

import { type Asking, createApi } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { labelsToPdf } from "../../platform/labels/pdf.ts";
import { labelsToZpl } from "../../platform/labels/zpl.ts";
import { newId } from "../../platform/platform.ts";
import { commandCount, openCount, readCount, readCountPage, reportCount } from "./count-stock.ts";
import { composeLabels } from "./print-labels.ts";
import { pickReservation, releaseReservation, reserveStock } from "./reserve-stock.ts";
import { resolveScan } from "./resolve-scan.ts";
import { readReservation, readReservationPage } from "./reservation-queries.ts";
import { type InventoryDeps, may } from "./routes.ts";
import { suggestPicks, suggestPutAways } from "./suggest.ts";
import {
  commandTransfer,
  draftTransfer,
  readTransfer,
  readTransferPage,
  receiveTransfer,
  shipTransfer,
} from "./transfer-stock.ts";

/** Warehouse work: reservations and suggestions, transfers, counts. */
export function warehouseRoutes(deps: InventoryDeps): OpenAPIHono {
  return createApi()
    .route("/", reservationRoutes(deps))
    .route("/", transferRoutes(deps))
    .route("/", countRoutes(deps))
    .route("/", labelRoutes(deps));
}

/** What is printed on things, and what is read from them. */
function labelRoutes({ requests, engineering }: InventoryDeps) {
  return createApi()
    .openapi(guarded(printLabelsRoute, may("stock", "read")), async (c) => {
      const asked = c.req.valid("json");
      const labels = await requests.transaction(c, (tx) => composeLabels(tx, engineering, asked));
      if (asked.format === "zpl") {
        return c.body(labelsToZpl(labels, asked), 200, { "Content-Type": "application/x-zpl" });
      }
      const pdf = await labelsToPdf(labels, asked);
      const headers = { "Content-Type": "application/pdf" };
      return c.body(new Uint8Array(pdf), 200, headers);
    })
    .openapi(guarded(readScanRoute, may("stock", "read")), async (c) => {
      const { text } = c.req.valid("query");
      const scanned = await requests.transaction(c, (tx) => resolveScan(tx, engineering, text));
      return c.json(scanned, 200);
    });
}

function reservationRoutes({ platform, requests, engineering }: InventoryDeps) {
  return createApi()
    .openapi(guarded(listReservations, may("stock", "read")), async (c) => {
      const { cursor, limit, ...asked } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readReservationPage(tx, { ...asked, before, limit }),
      );
      return c.json(
        pageOf(rows, { limit, keyOf: (row) => [row.reservationId], show: (row) => row }),
        200,
      );
    })
    .openapi(guarded(createReservation, may("stock", "reserve")), async (c) => {
      const asked = c.req.valid("json");
      const reservationId = newId(platform);
      const reservation = await requests.act(c, asked, async (tx) => {
        const now = platform.clock.now();
        await reserveStock(tx, { engineering, now }, { ...asked, reservationId });
        return readReservation(tx, reservationId);
      });
      return c.json(reservation, 201);
    })
    .openapi(guarded(commandReservation, may("stock", "reserve")), async (c) => {
      const { reservationId, command } = c.req.valid("param");
      const act = command === "pick" ? pickReservation : releaseReservation;
      const reservation = await requests.act(c, null, async (tx) => {
        await act(tx, reservationId);
        return readReservation(tx, reservationId);
      });
      return c.json(reservation, 200);
    })
    .openapi(guarded(suggestPicksRoute, may("stock", "read")), async (c) => {
      const { itemId, quantity, withinId } = c.req.valid("query");
      const asked = { itemId, quantity, withinId };
      return c.json(await requests.transaction(c, (tx) => suggestPicks(tx, asked)), 200);
    })
    .openapi(guarded(suggestPutAwaysRoute, may("stock", "read")), async (c) => {
      const { itemId, withinId } = c.req.valid("query");
      const rows = await requests.transaction(c, (tx) => suggestPutAways(tx, { itemId, withinId }));
      return c.json({ rows }, 200);
    });
}

function transferRoutes({ platform, requests, engineering }: InventoryDeps) {
  const deps = { engineering, newId: () => newId(platform) };
  const by = ({ actor }: Asking) => ({ actor, now: platform.clock.now() });
  return (
    createApi()
      .openapi(guarded(listTransfers, may("transfer", "read")), async (c) => {
        const { cursor, limit, state } = c.req.valid("query");
        const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
        const rows = await requests.transaction(c, (tx) =>
          readTransferPage(tx, { before, limit, state }),
        );
        return c.json(
          pageOf(rows, { limit, keyOf: (row) => [row.transferId], show: (row) => row }),
          200,
        );
      })
      .openapi(guarded(createTransfer, may("transfer", "draft")), async (c) => {
        const asked = c.req.valid("json");
        const transfer = await requests.act(c, asked, (tx, caller) =>
          draftTransfer(tx, deps, asked, by(caller)),
        );
        return c.json(transfer, 201);
      })
      .openapi(guarded(getTransfer, may("transfer", "read")), async (c) => {
        const { transferId } = c.req.valid("param");
        return c.json(await requests.transaction(c, (tx) => readTransfer(tx, transferId)), 200);
      })
      .openapi(guarded(shipTransferRoute, may("transfer", "ship")), async (c) => {
        const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
        const transfer = await requests.act(c, asked, (tx, caller) =>
          shipTransfer(tx, deps, asked, by(caller)),
        );
        return c.json(transfer, 200);
      })
      .openapi(guarded(receiveTransferRoute, may("transfer", "receive")), async (c) => {
        const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
        const transfer = await requests.act(c, asked, (tx, caller) =>
          receiveTransfer(tx, deps, asked, by(caller)),
        );
        return c.json(transfer, 200);
      })
      // After the two above, which would match it too.
      .openapi(guarded(commandTransferRoute, may("transfer", { param: "command" })), async (c) => {
        const asked = c.req.valid("param");
        const transfer = await requests.act(c, null, (tx, caller) =>
          commandTransfer(tx, asked, by(caller)),
        );
        return c.json(transfer, 200);
      })
  );
}

function countRoutes({ platform, requests, engineering }: InventoryDeps) {
  const deps = { engineering, newId: () => newId(platform) };
  const by = ({ actor, name }: Asking) => ({ actor, name, now: platform.clock.now() });
  return createApi()
    .openapi(guarded(listCounts, may("cycle_count", "read")), async (c) => {
      const { cursor, limit, state } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readCountPage(tx, { before, limit, state }),
      );
      return c.json(
        pageOf(rows, { limit, keyOf: (row) => [row.countId], show: (row) => row }),
        200,
      );
    })
    .openapi(guarded(createCount, may("cycle_count", "open")), async (c) => {
      const { locationId } = c.req.valid("json");
      const count = await requests.act(c, { locationId }, (tx, caller) =>
        openCount(tx, deps, locationId, by(caller)),
      );
      return c.json(count, 201);
    })
    .openapi(guarded(getCount, may("cycle_count", "read")), async (c) => {
      const { countId } = c.req.valid("param");
      return c.json(await requests.transaction(c, (tx) => readCount(tx, countId)), 200);
    })
    .openapi(guarded(reportCountRoute, may("cycle_count", "report")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const count = await requests.act(c, asked, (tx, caller) =>
        reportCount(tx, deps, asked, by(caller)),
      );
      return c.json(count, 200);
    })
    .openapi(guarded(commandCountRoute, may("cycle_count", { param: "command" })), async (c) => {
      const asked = c.req.valid("param");
      const count = await requests.act(c, null, (tx, caller) =>
        commandCount(tx, deps, asked, by(caller)),
      );
      return c.json(count, 200);
    });
}
