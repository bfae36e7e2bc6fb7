import { z } from "zod";

import { bindingIdSchema, workUnitIdSchema } from "../units/index.ts";

/** A binding was made, changed or ended: ingest reloads `equipment.v_binding`. */
export const bindingChangedV1 = z.object({
  bindingId: bindingIdSchema,
  workUnitId: workUnitIdSchema,
});

/** An edge node was registered, its token renewed or it was revoked: the broker reloads credentials. */
export const edgeNodeChangedV1 = z.object({ groupId: z.string(), edgeNodeId: z.string() });
