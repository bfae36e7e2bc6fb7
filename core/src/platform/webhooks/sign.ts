/** A new secret in the form Standard Webhooks gives it: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** What secrets of webhooks are sealed for; see platform/seal.ts. */
export const sealedAs = "webhook secret";

/** Those of before they were sealed lie as they are. */
export function isSealed(secret: string): boolean {
  return !secret.startsWith("whsec_");
}

/**
 * The headers that let the receiver know who sent this, and when.
 * @source Standard Webhooks specification, "Signature scheme": HMAC-SHA256 over `id.timestamp.payload`.
 */
export async function signedHeaders(
  message: { id: string; body: string; time: Date },
  secret: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(message.time.getTime() / 1000));
  const raw = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
  const content = new TextEncoder().encode(`${message.id}.${timestamp}.${message.body}`);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
  return {
    "content-type": "application/json",
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}
