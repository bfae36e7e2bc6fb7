import type { mrpRunInputSchema } from "@millwright/contracts/api";

/** Shapes of planning that the contract states as schemas only (see shapes.ts). */
export type MrpRunInput = (typeof mrpRunInputSchema)["_zod"]["input"];
