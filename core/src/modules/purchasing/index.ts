/** Front door of purchasing. It has no orders yet; what they may be allowed is there for the rules. */
export { purchasingObjectTypes } from "./permissions.ts";
