import { z } from "zod";

import type { Driver, DriverContext } from "./driver.ts";
import { modbusTcp } from "./modbus-tcp/manifest.ts";
import { opcUa } from "./opc-ua/manifest.ts";

/** The device section of the configuration: `driver` chooses which keys it has. */
export const deviceSchema = z.discriminatedUnion("driver", [
  modbusTcp.deviceSchema,
  opcUa.deviceSchema,
]);
export type Device = z.output<typeof deviceSchema>;

/** Loads the driver's library, which only then costs memory, and starts it. */
export async function startDriver(context: DriverContext<Device>): Promise<Driver> {
  const { device, ...rest } = context;
  switch (device.driver) {
    case "modbus-tcp":
      return (await modbusTcp.load()).startDriver({ ...rest, device });
    case "opc-ua":
      return (await opcUa.load()).startDriver({ ...rest, device });
    default:
      return device satisfies never;
  }
}
