import { z } from "zod";

import { countRoleSchema, machineStateSchema, reasonCodeLengthMax } from "../states/index.ts";
import {
  bindingIdSchema,
  iso8601Schema,
  quantitySchema,
  workUnitIdSchema,
} from "../units/index.ts";

/**
 * A counter moved. At most one per binding and second live; the sum of `delta` over all
 * `count_observed` and `count_redistributed` of a binding is the counter's whole travel.
 * `delta >= 0`; `reset` says the counter jumped back (or rolled over) between `from` and `to`.
 */
export const countObservedV1 = z.object({
  bindingId: bindingIdSchema,
  workUnitId: workUnitIdSchema,
  role: countRoleSchema,
  from: quantitySchema,
  to: quantitySchema,
  delta: quantitySchema,
  reset: z.boolean(),
  sourceFrom: iso8601Schema,
  sourceTo: iso8601Schema,
});

/**
 * Replayed readings tell when an already counted difference really happened. `entries` add to
 * what was assigned at those times (negative where it is taken away), at most one a minute;
 * `sum` is 0 unless the replay revealed a reset.
 */
export const countRedistributedV1 = z.object({
  bindingId: bindingIdSchema,
  workUnitId: workUnitIdSchema,
  role: countRoleSchema,
  entries: z
    .array(
      z.object({
        sourceFrom: iso8601Schema,
        sourceTo: iso8601Schema,
        delta: quantitySchema,
      }),
    )
    .max(10_000),
  sum: quantitySchema,
});

/** The machine is in `state` from `sourceTime` on. Emitted on change only, in source-time order. */
export const stateObservedV1 = z.object({
  workUnitId: workUnitIdSchema,
  state: machineStateSchema,
  sourceTime: iso8601Schema,
  cause: z.enum(["metric", "birth", "death", "silence", "quality"]),
});

/**
 * From `sourceTime` on the machine gives this code as the reason of its state; "" = it gives none. Emitted
 * on change; replayed readings come later and with their own times.
 */
export const reasonObservedV1 = z.object({
  workUnitId: workUnitIdSchema,
  code: z.string().max(reasonCodeLengthMax),
  sourceTime: iso8601Schema,
});

/**
 * Replayed records prove what the machine did in `[from, to]`: every state point of that window
 * is replaced by `points` (ascending; the first lies at `from`), including `no_data` ones.
 */
export const stateBackfilledV1 = z.object({
  workUnitId: workUnitIdSchema,
  from: iso8601Schema,
  to: iso8601Schema,
  points: z.array(z.object({ state: machineStateSchema, sourceTime: iso8601Schema })).max(10_000),
});
