export * from "./ack.ts";
export * from "./payload.ts";
export * from "./topic.ts";
export { encodePayload } from "./encode.ts";
export { decodePayload, MalformedPayload } from "./decode.ts";
