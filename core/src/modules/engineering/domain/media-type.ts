import type { AttachmentType } from "@millwright/contracts/api";

/** What a file is by its first bytes, or null when it is nothing we keep. */
export function mediaTypeOf(bytes: Uint8Array): AttachmentType | null {
  if (starts(bytes, [0x25, 0x50, 0x44, 0x46, 0x2d])) return "application/pdf";
  if (starts(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (starts(bytes, [0xff, 0xd8, 0xff])) return "image/jpeg";
  const head = new TextDecoder().decode(bytes.subarray(0, headBytes)).trimStart();
  // ISO 10303-21, 5.3: the exchange structure begins with this keyword.
  if (head.startsWith("ISO-10303-21;")) return "model/step";
  const withoutProlog = head.replace(
    /^(<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE svg[^>]*>|\s)+/,
    "",
  );
  return /^<svg[\s>]/.test(withoutProlog) ? "image/svg+xml" : null;
}

// Drawing programs write comments before the first element.
const headBytes = 4096;

function starts(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}
