import { z } from "zod";

/** Somebody signed in. */
export const sessionOpenedV1 = z.object({
  userId: z.uuid(),
  sessionId: z.uuid(),
  /** `password`, or the OpenID provider's name. */
  method: z.string(),
});

/**
 * What a user, a session or an API key may do has changed, or has ended. Processes forget what they know
 * of these; it says no more than whose it is.
 */
export const accessChangedV1 = z.object({
  userId: z.uuid().nullable(),
  sessionId: z.uuid().nullable(),
  apiKeyId: z.uuid().nullable(),
  /** `session_ended`, `user_changed`, `token_reused`, … for people who read the trail. */
  reason: z.string(),
});
