import { z } from "zod";

/**
 * Who caused an event: a person, a machine (telemetry) or the system itself. What is optional came
 * later or is not known to every writer; `name` is what the person was called at the time.
 */
export const actorSchema = z.object({
  kind: z.enum(["person", "machine", "system"]),
  id: z.string(),
  name: z.string().optional(),
  sessionId: z.string().optional(),
  /** From where: the address as the server saw it, the browser or program as it named itself. */
  device: z.object({ address: z.string(), userAgent: z.string().nullable() }).optional(),
});
export type Actor = z.infer<typeof actorSchema>;

/** What a writer hands to `platform.emit`; field names are those of the SQL function's JSON. */
export type EventToEmit = {
  tenantId: string;
  /** `work_order:<uuid>`, `work_unit:<uuid>`, … */
  stream: string;
  /** Set on event-sourced streams: must be the stream's version + 1 or the emit is refused. */
  streamVersion: number | null;
  type: string;
  typeVersion: number;
  payload: unknown;
  actor: Actor;
  trace: string | null;
};

/**
 * One row of the log. `position` is a bigint in decimal; its order is the commit order.
 * The subscriptions of a process are given the same one.
 */
export type LoggedEvent = Readonly<{
  position: string;
  tenantId: string;
  stream: string;
  streamVersion: number | null;
  type: string;
  typeVersion: number;
  payload: unknown;
  actor: Actor;
  trace: string | null;
  recordedTime: string;
}>;
