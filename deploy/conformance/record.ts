import { startMosquitto } from "../test/mosquitto.ts";
import { recordBroker } from "./broker-recording.ts";
import { recordComplex } from "./complex-recording.ts";
import { recordEdge } from "./edge-recording.ts";
import { recordHost } from "./host-recording.ts";
import type { Recordings } from "./judge.ts";

/** Plays all scenarios at once, about 10 s; edge node and host each at a Mosquitto of their own. */
export async function recordAll(): Promise<Recordings> {
  // Both speak of the same host id, whose STATE is retained.
  await using edgeBroker = await startMosquitto();
  await using hostBroker = await startMosquitto();
  const [edge, complex, host, broker] = await Promise.all([
    recordEdge(edgeBroker.port),
    recordComplex(edgeBroker.port),
    recordHost(hostBroker.port),
    recordBroker(),
  ]);
  return { edge, complex, host, broker };
}
