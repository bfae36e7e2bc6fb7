import { z } from "zod";

export const registerTypes = [
  "uint16",
  "int16",
  "uint32",
  "int32",
  "uint64",
  "int64",
  "float32",
  "float64",
  "bool",
] as const;
export type RegisterType = (typeof registerTypes)[number];

export const tables = ["holding", "input", "coil", "discrete"] as const;
export type Table = (typeof tables)[number];

const addressMax = 65_535;

/** `holding:0`: the table and the address as it goes over the wire, counted from 0 (not 40001). */
const registerSchema = z
  .string()
  .regex(
    /^(holding|input|coil|discrete):\d{1,5}$/,
    'name the table and the address counted from 0, such as "holding:0", "input:10", "coil:3" or "discrete:1"',
  )
  .transform((text) => {
    const [table, address] = text.split(":");
    return { table: z.enum(tables).parse(table), address: Number(address) };
  })
  .refine(({ address }) => address <= addressMax, `the highest address is ${addressMax}`);

const metricSchema = z
  .strictObject({
    name: z.string().min(1),
    register: registerSchema,
    type: z.enum(registerTypes).optional(),
    /** Order of the two bytes in a register. The standard says big. */
    byteOrder: z.enum(["big", "little"]).default("big"),
    /** Order of the registers of a 32 or 64-bit value; big: the highest first. */
    wordOrder: z.enum(["big", "little"]).default("big"),
    /** value = raw × scale + offset; either one makes the metric a Double. */
    scale: z.number().optional(),
    offset: z.number().optional(),
    /** A change smaller than this, in the metric's unit, is not reported. */
    deadband: z.number().nonnegative().default(0),
    unit: z.string().optional(),
  })
  .transform((metric, context) => {
    const isBit = metric.register.table === "coil" || metric.register.table === "discrete";
    const type = metric.type ?? (isBit ? "bool" : "uint16");
    if (isBit && type !== "bool") {
      context.addIssue({
        code: "custom",
        path: ["type"],
        message: `a ${metric.register.table} is one bit: leave type out or write bool`,
      });
    }
    return { ...metric, type };
  });
export type ModbusMetric = z.output<typeof metricSchema>;

export const modbusDeviceSchema = z.strictObject({
  id: z.string(),
  driver: z.literal("modbus-tcp"),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  unitId: z.int().min(0).max(255).default(1),
  pollMs: z.int().min(20).max(3_600_000).default(1000),
  /** An answer that takes longer counts as a lost connection. */
  timeoutMs: z.int().min(50).max(60_000).default(2000),
  metrics: z.array(metricSchema).min(1).max(10_000),
});
export type ModbusDevice = z.output<typeof modbusDeviceSchema>;
