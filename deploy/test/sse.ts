import { type LiveMessage, liveMessageSchema } from "@millwright/contracts/api";

/**
 * Reads `GET /api/live` as a browser does and hands every message to `onMessage`. Messages that break
 * the contract fail the reader: `finished` rejects. Dispose to close the connection.
 */
export function readLive(
  { coreUrl, database }: { coreUrl: string; database: { apiKey: string } },
  onMessage: (message: LiveMessage, id: string | null) => void,
  lastEventId?: string,
) {
  const controller = new AbortController();
  const opened = Promise.withResolvers<void>();
  const finished = read().catch((error: unknown) => {
    opened.reject(error);
    if (!controller.signal.aborted) throw error;
  });

  async function read(): Promise<void> {
    const response = await fetch(`${coreUrl}/api/live`, {
      headers: {
        authorization: `Bearer ${database.apiKey}`,
        ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
      },
      signal: controller.signal,
    });
    if (response.body === null || !response.ok) throw new Error(`/api/live: ${response.status}`);
    opened.resolve();
    let text = "";
    const chunks = response.body.pipeThrough(new TextDecoderStream());
    for await (const chunk of chunks) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) deliver(block);
    }
  }

  function deliver(block: string): void {
    const field = (name: string) =>
      block
        .split("\n")
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trimStart())
        .join("\n");
    const data = field("data");
    if (data === "") return;
    const id = field("id");
    onMessage(liveMessageSchema.parse(JSON.parse(data)), id === "" ? null : id);
  }

  return {
    opened: opened.promise,
    finished,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await finished;
    },
  };
}
