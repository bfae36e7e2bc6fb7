import { createLocation } from "./create-location.ts";
import { commandTransfer, draftTransfer } from "./transfer-stock.ts";
import { gaugeRoutes } from "./gauge-routes.ts";
import { keepItem } from "./keep-item.ts";
import { postMoves } from "./post-moves.ts";
import { readAvailable } from "./read-available.ts";
import {
  pickReservation,
  releaseReservation,
  releaseReservationsFor,
  reserveStock,
} from "./reserve-stock.ts";
import { type InventoryDeps, inventoryRoutes } from "./routes.ts";
import { warehouseRoutes } from "./warehouse-routes.ts";

export { inventoryObjectTypes } from "./permissions.ts";
export { inventoryTableRoutes } from "./table-routes.ts";
export { rebuildBalances } from "./rebuild-balances.ts";
export { verifyStock } from "./verify.ts";
export { gaugeWatch } from "./watch-gauges.ts";

/** Front door of inventory for the contexts above: every call joins the caller's transaction. */
export const inventory = {
  createLocation,
  keepItem,
  postMoves,
  reserveStock,
  pickReservation,
  releaseReservation,
  releaseReservationsFor,
  readAvailable,
  draftTransfer,
  commandTransfer,
};
export type Inventory = typeof inventory;

export function inventoryModule(deps: InventoryDeps) {
  return {
    routes: inventoryRoutes(deps).route("/", warehouseRoutes(deps)).route("/", gaugeRoutes(deps)),
  };
}
