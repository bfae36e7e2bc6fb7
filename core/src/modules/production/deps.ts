import type { Requests } from "../../platform/http/api.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";

export type ProductionDeps = {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
  equipment: Equipment;
  engineering: Engineering;
};
