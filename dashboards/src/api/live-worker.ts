import { LiveSource } from "./live-source.ts";

/**
 * Shared by all tabs of a browser: one stream to the server, however many screens are open (a browser
 * opens at most six HTTP/1.1 connections to a host). A tab says `bye` when it goes; the port of a tab
 * that crashed swallows what it is sent until the worker ends with the last tab.
 */
const ports = new Set<MessagePort>();
const source = new LiveSource((news) => {
  for (const port of ports) port.postMessage(news, []);
});

globalThis.addEventListener("connect", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const [port] = event.ports;
  if (port === undefined) return;
  port.addEventListener("message", ({ data }) => {
    if (data === "bye") ports.delete(port);
    if (data === "hello") {
      ports.add(port);
      port.postMessage({ about: "connection", state: source.state }, []);
    }
  });
  port.start();
});
