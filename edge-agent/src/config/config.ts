import { isValidId } from "@millwright/contracts/sparkplug";
import { z } from "zod";

import { deviceSchema } from "../drivers/registry.ts";

/** Log records carry the device id with a one-byte length; nobody types more than this. */
const idLengthMax = 60;

const idSchema = z
  .string()
  .min(1)
  .max(idLengthMax)
  // Sparkplug 3.0 tck-id-topic-structure-namespace-valid-group-id, -edge-node-id, -device-id
  .refine(isValidId, "an id is part of the MQTT topic: leave out + / and #");

const brokerSchema = z
  .strictObject({
    url: z
      .string()
      .regex(/^(mqtts?|wss?):\/\/.+/, 'write the address as "mqtt://192.168.0.2:1883"'),
    username: z.string().min(1).optional(),
    token: z.string().min(1).optional(),
    /** Read at start; relative to the configuration file. Trailing white space is cut off. */
    tokenFile: z.string().min(1).optional(),
  })
  .refine(
    ({ token, tokenFile }) => token === undefined || tokenFile === undefined,
    "give token or tokenFile, not both",
  );

const logSchema = z.strictObject({
  /** When the log is larger than this, its oldest segment is dropped: a gap, counted and logged. */
  diskMaxMb: z.int().min(2).max(1_000_000).default(512),
});

/** The agent's configuration file. Unknown keys are refused: they are mostly spelling mistakes. */
export const configSchema = z
  .strictObject({
    group: idSchema,
    edgeNode: idSchema,
    broker: brokerSchema,
    /** Whose STATE the agent waits for before it sends anything (SPARKPLUG_HOST_ID of the ingest). */
    primaryHost: idSchema.default("millwright"),
    log: logSchema.prefault({}),
    devices: z.array(deviceSchema).min(1).max(1000),
  })
  .superRefine(({ devices }, context) => {
    const ids = new Set<string>();
    devices.forEach((device, index) => {
      const path = ["devices", index];
      if (!isValidId(device.id) || device.id.length > idLengthMax) {
        const message = `an id is part of the MQTT topic: at most ${idLengthMax} characters, no + / #`;
        context.addIssue({ code: "custom", path: [...path, "id"], message });
      }
      if (ids.has(device.id)) {
        const message = `device ${device.id} exists already: give each device its own id`;
        context.addIssue({ code: "custom", path: [...path, "id"], message });
      }
      ids.add(device.id);
      checkMetricNames(device.metrics, [...path, "metrics"], context);
    });
  })
  .transform(({ group, edgeNode, broker, ...rest }) => ({
    ...rest,
    group,
    edgeNode,
    broker: { ...broker, username: broker.username ?? `${group}/${edgeNode}` },
  }));

export type Config = z.output<typeof configSchema>;

/** Names the agent and the standard keep for themselves (contracts, MetricName). */
const reservedNames = /^(Millwright\/|Node Control\/|Device Control\/|bdSeq$)/;

function checkMetricNames(
  metrics: readonly { name: string }[],
  path: (string | number)[],
  context: z.RefinementCtx,
): void {
  const names = new Set<string>();
  metrics.forEach(({ name }, index) => {
    const at = [...path, index, "name"];
    if (names.has(name)) {
      const message = `metric ${name} exists already in this device: give it another name`;
      context.addIssue({ code: "custom", path: at, message });
    }
    if (reservedNames.test(name)) {
      const message = `${name} is reserved for the agent: give it another name`;
      context.addIssue({ code: "custom", path: at, message });
    }
    names.add(name);
  });
}
