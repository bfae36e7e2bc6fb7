import type { Actor, EventKey, EventPayload, EventToEmit } from "@millwright/contracts/events";
import type { TenantId } from "@millwright/contracts/units";

/** An event of a known type and version, ready for `tx.emit`. `key` is `<type>@<version>`. */
export function newEvent<K extends EventKey>(
  key: K,
  fields: {
    tenantId: TenantId;
    stream: string;
    streamVersion: number | null;
    payload: EventPayload<K>;
    actor: Actor;
  },
): EventToEmit {
  const at = key.lastIndexOf("@");
  return {
    ...fields,
    type: key.slice(0, at),
    typeVersion: Number(key.slice(at + 1)),
    trace: null,
  };
}
