import type { Actor } from "@millwright/contracts/events";

/** Who acts through the API. Until there is sign-in: whoever sits at this machine. */
export const localPerson: Actor = { kind: "person", id: "local" };
