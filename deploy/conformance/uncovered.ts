/** Ids of the specification without a check here, and why; they count in the total and in nothing else. */
export const uncovered: Record<string, string> = {
  "principles-persistence-clean-session-50": "our edge node speaks MQTT 3.1.1",
  "message-flow-phid-sparkplug-clean-session-50": "our host speaks MQTT 3.1.1",
  "payloads-ndeath-will-message-publisher-disconnect-mqtt50": "our edge node speaks MQTT 3.1.1",
  "topics-dcmd-topic": "our host writes to no device",
  "topics-dcmd-mqtt": "our host writes to no device",
  "topics-dcmd-timestamp": "our host writes to no device",
  "topics-dcmd-payload": "our host writes to no device",
  "payloads-dcmd-timestamp": "our host writes to no device",
  "payloads-dcmd-seq": "our host writes to no device",
  "payloads-dcmd-qos": "our host writes to no device",
  "payloads-dcmd-retain": "our host writes to no device",
  "operational-behavior-data-commands-dcmd-verb": "our host writes to no device",
  "operational-behavior-data-commands-dcmd-metric-name": "our host writes to no device",
  "operational-behavior-data-commands-dcmd-metric-value": "our host writes to no device",
  "message-flow-device-dcmd-subscribe": "our drivers write to no device",
  "host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet":
    "our host always sends DISCONNECT when it leaves on purpose",
  "operational-behavior-edge-node-termination-host-offline-reconnect":
    "our edge node has one server to go to",
  "operational-behavior-primary-application-state-with-multiple-servers-state-subs":
    "our host holds one connection",
  "operational-behavior-primary-application-state-with-multiple-servers-walk":
    "our edge node has one server to go to",
  "operational-behavior-host-application-host-id": "no single recording shows other hosts' ids",
  "operational-behavior-host-application-multi-server-timestamp": "our host holds one connection",
  "operational-behavior-host-reordering-param": "the reorder time is a constant of 2 s",
  "conformance-mqtt-aware-ndeath-timestamp": "permitted, and our broker does not do it",
};
