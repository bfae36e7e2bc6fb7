import { type LiveNews, LiveSource } from "./live-source.ts";

/** What a page says to the worker. */
export type LiveWord =
  /** It is there and wants to hear. */
  | "hello"
  /** It goes. */
  | "bye"
  /** The session was renewed: the stream may be tried again. */
  | "renewed"
  /** A person signed out: the stream must end now, not when the server notices. */
  | "signed_out";

/**
 * Shared by all tabs of a browser: one stream to the server, however many screens are open (a browser
 * opens at most six HTTP/1.1 connections to a host). A tab says `bye` when it goes; the port of a tab
 * that crashed swallows what it is sent until the worker ends with the last tab.
 */
const ports = new Set<MessagePort>();
let source: LiveSource | null = null;

function tell(news: LiveNews): void {
  for (const port of ports) port.postMessage(news, []);
}

function hear(port: MessagePort, word: LiveWord): void {
  switch (word) {
    case "hello":
      ports.add(port);
      source ??= new LiveSource(tell);
      port.postMessage({ about: "connection", state: source.state } satisfies LiveNews, []);
      return;
    case "bye":
      ports.delete(port);
      return;
    case "renewed":
      source?.reopen();
      return;
    case "signed_out":
      source?.[Symbol.dispose]();
      source = null;
      return;
  }
}

globalThis.addEventListener("connect", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  if (port === undefined) return;
  port.addEventListener("message", ({ data }: MessageEvent<LiveWord>) => hear(port, data));
  port.start();
});
