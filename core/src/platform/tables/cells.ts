import { z } from "zod";

/** A cell is text; these say what it must mean. An empty cell counts as absent. */
export const cell = {
  /** An exact number of at most 15 digits, with a point. */
  number: <S extends z.ZodType<unknown, number>>(schema: S) =>
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/, "is a number such as 12 or 12.5, with a point")
      .transform(Number)
      .pipe(schema),
  boolean: () =>
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(["true", "false", "1", "0"], "is true or false"))
      .transform((text) => text === "true" || text === "1"),
};
