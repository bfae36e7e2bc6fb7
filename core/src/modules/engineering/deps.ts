import type { Requests } from "../../platform/http/api.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import type { ReadAvailable } from "./bom-tree.ts";

export type EngineeringDeps = {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
  equipment: Equipment;
  /** Port that inventory fills: engineering lies below it. */
  available: ReadAvailable;
};
