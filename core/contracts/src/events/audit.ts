import { z } from "zod";

/** One field of a record; a sensitive value is masked before it is written. Null: there was none. */
export const fieldChangeSchema = z.object({
  field: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type FieldChange = z.infer<typeof fieldChangeSchema>;

/** A record that stores its state was made, edited or removed; `label` is how people called it then. */
export const recordChangedV1 = z.object({
  objectType: z.string().regex(/^[a-z][a-z0-9_]*$/),
  objectId: z.string().min(1),
  label: z.string(),
  changes: z.array(fieldChangeSchema).min(1),
});
