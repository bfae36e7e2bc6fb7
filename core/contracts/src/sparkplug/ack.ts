import { z } from "zod";

/**
 * Body of NCMD metric `Millwright/Ack` (a JSON string): everything up to and including `contiguous`
 * is stored; `missing` are the inclusive ranges above it that are not. Offsets are decimal strings
 * (they pass 2^53 in theory, and JSON numbers would not survive). The first offset of an epoch is 1,
 * so `contiguous` "0" means nothing is stored.
 */
export const ackSchema = z.object({
  host: z.string(),
  epoch: z.string(),
  contiguous: z.string().regex(/^\d+$/),
  missing: z.array(z.tuple([z.string().regex(/^\d+$/), z.string().regex(/^\d+$/)])).max(1000),
});
export type Ack = z.infer<typeof ackSchema>;

/** Body of `spBv1.0/STATE/<host_id>`; `timestamp` is epoch milliseconds. */
export const hostStateSchema = z.object({ online: z.boolean(), timestamp: z.number().int() });
export type HostState = z.infer<typeof hostStateSchema>;
