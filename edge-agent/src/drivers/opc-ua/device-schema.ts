import { z } from "zod";

const metricSchema = z.strictObject({
  name: z.string().min(1),
  node: z
    .string()
    .regex(
      /^(ns=\d+;)?[isgb]=.+$/,
      'write the node id as the server shows it, such as "ns=2;s=Saw.Count" or "ns=3;i=1001"',
    ),
  /** A change smaller than this, in the metric's unit, is not reported. */
  deadband: z.number().nonnegative().default(0),
  unit: z.string().optional(),
});
export type OpcUaMetric = z.output<typeof metricSchema>;

export const securityPolicies = ["none", "basic256sha256"] as const;

export const opcUaDeviceSchema = z.strictObject({
  id: z.string(),
  driver: z.literal("opc-ua"),
  endpoint: z
    .string()
    .regex(/^opc\.tcp:\/\/.+/, 'write the address as "opc.tcp://192.168.0.20:4840"'),
  /** basic256sha256 signs and encrypts with the agent's own certificate, made on first use. */
  security: z.enum(securityPolicies).default("none"),
  username: z.string().optional(),
  password: z.string().optional(),
  publishMs: z.int().min(50).max(60_000).default(500),
  /** Silence for this long counts as a lost connection. */
  timeoutMs: z.int().min(500).max(60_000).default(5000),
  metrics: z.array(metricSchema).min(1).max(10_000),
});
export type OpcUaDevice = z.output<typeof opcUaDeviceSchema>;
