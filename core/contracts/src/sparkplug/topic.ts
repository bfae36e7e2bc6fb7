export const sparkplugNamespace = "spBv1.0";

export const messageTypes = [
  "NBIRTH",
  "NDEATH",
  "DBIRTH",
  "DDEATH",
  "NDATA",
  "DDATA",
  "NCMD",
  "DCMD",
] as const;
export type MessageType = (typeof messageTypes)[number];

export type SparkplugTopic =
  | { type: MessageType; groupId: string; edgeNodeId: string; deviceId: string | null }
  | { type: "STATE"; hostId: string };

const knownTypes: ReadonlySet<string> = new Set(messageTypes);

function isMessageType(token: string): token is MessageType {
  return knownTypes.has(token);
}

/** Builds `spBv1.0/<group>/<type>/<edge>[/<device>]`. The ids must have passed `isValidId`. */
export function formatTopic(topic: SparkplugTopic): string {
  // Sparkplug 3.0 tck-id-topic-structure-namespace-a
  if (topic.type === "STATE") return `${sparkplugNamespace}/STATE/${topic.hostId}`;
  const node = `${sparkplugNamespace}/${topic.groupId}/${topic.type}/${topic.edgeNodeId}`;
  return topic.deviceId === null ? node : `${node}/${topic.deviceId}`;
}

/** Reads a topic; null when it is not one of Sparkplug B (the caller dead-letters the message). */
export function parseTopic(topic: string): SparkplugTopic | null {
  const tokens = topic.split("/");
  if (tokens[0] !== sparkplugNamespace || tokens.some((token) => token === "")) return null;
  if (tokens[1] === "STATE") {
    const hostId = tokens[2];
    return tokens.length === 3 && hostId !== undefined ? { type: "STATE", hostId } : null;
  }
  const [, groupId, type, edgeNodeId, deviceId] = tokens;
  if (groupId === undefined || type === undefined || edgeNodeId === undefined) return null;
  if (!isMessageType(type) || tokens.length > 5) return null;
  // Sparkplug 3.0 tck-id-topic-structure-namespace-device-id-associated-message-types
  const isDeviceType = type.startsWith("D");
  if (isDeviceType !== (deviceId !== undefined)) return null;
  return { type, groupId, edgeNodeId, deviceId: deviceId ?? null };
}

/** Group, edge node and device ids: UTF-8, not empty, without `+`, `/` and `#`. */
export function isValidId(id: string): boolean {
  // Sparkplug 3.0 tck-id-topic-structure-namespace-valid-group-id
  return id.length > 0 && !/[+#/]/.test(id);
}
