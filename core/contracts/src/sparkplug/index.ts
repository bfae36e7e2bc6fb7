export * from "./ack.ts";
export { interpretValue } from "./datatype.ts";
export { decodePayload, MalformedPayload } from "./decode.ts";
export { encodePayload } from "./encode.ts";
export * from "./payload.ts";
export * from "./topic.ts";
