import type { DriverManifest } from "../driver.ts";
import { modbusDeviceSchema } from "./device-schema.ts";

export const modbusTcp = {
  id: "modbus-tcp",
  deviceSchema: modbusDeviceSchema,
  load: () => import("./driver.ts"),
} satisfies DriverManifest<typeof modbusDeviceSchema>;
