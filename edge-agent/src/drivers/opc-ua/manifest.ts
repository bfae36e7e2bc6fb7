import type { DriverManifest } from "../driver.ts";
import { opcUaDeviceSchema } from "./device-schema.ts";

export const opcUa = {
  id: "opc-ua",
  deviceSchema: opcUaDeviceSchema,
  load: () => import("./driver.ts"),
} satisfies DriverManifest<typeof opcUaDeviceSchema>;
