import type { mrpRunInputSchema } from "@millwright/contracts/api";

import type { Input } from "./contract-types.ts";

export type MrpRunInput = Input<typeof mrpRunInputSchema>;
