import { randomUUID } from "node:crypto";

import autocannon from "autocannon";

/** What a run of load is told by its parent. */
export type Load = {
  url: string;
  seconds: number;
  connections: number;
  /** One per connection, as many people or programs. */
  keys: string[];
  /** Orders that are read. */
  orderIds: string[];
  /** Released orders per connection: it holds and resumes them in turn. */
  ownIds: string[][];
  /** All of them mixed, or one kind alone; the ceiling has no other route than `get`. */
  asks: "mix" | "get" | "page" | "command";
};
export type LoadResult = {
  requests_s: number;
  p50_ms: number;
  p99_ms: number;
  errors: number;
  requests: number;
  commands: number;
};

process.once("message", (load: Load) => {
  void run(load).then((result) => process.send?.(result, () => process.disconnect()));
});

async function run(load: Load): Promise<LoadResult> {
  let connection = 0;
  let commands = 0;
  const result = await autocannon({
    url: load.url,
    connections: load.connections,
    duration: load.seconds,
    timeout: 10,
    setupClient: (client) => {
      const own = connection % load.connections;
      connection += 1;
      client.setRequests(requestsOf(load, own, () => (commands += 1)));
    },
  });
  return {
    requests_s: Math.round(result.requests.average),
    p50_ms: result.latency.p50,
    p99_ms: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx,
    requests: result.requests.total,
    commands,
  };
}

/**
 * Rounds of ten requests in the order 7 reads, 2 pages and a command are mixed; autocannon repeats them.
 * Reads are written out beforehand: what the load costs is taken from whom it measures.
 */
function requestsOf(load: Load, own: number, onCommand: () => void): autocannon.Request[] {
  const headers = { authorization: `Bearer ${load.keys[own]}` };
  const get = (): autocannon.Request => ({
    method: "GET",
    headers,
    path: `/api/work-orders/${pick(load.orderIds)}`,
  });
  if (load.asks === "get") return Array.from({ length: rounds * 10 }, get);
  const page: autocannon.Request = { method: "GET", headers, path: "/api/work-orders?limit=50" };
  if (load.asks === "page") return [page];
  const mine = load.ownIds[own] ?? [];
  let turn = 0;
  const command: autocannon.Request = {
    method: "POST",
    setupRequest: (request) => {
      const name = Math.floor(turn / mine.length) % 2 === 0 ? "hold" : "resume";
      const path = `/api/work-orders/${mine[turn % mine.length]}/${name}`;
      turn += 1;
      onCommand();
      return {
        ...request,
        path,
        headers: {
          ...headers,
          "content-type": "application/json",
          "idempotency-key": randomUUID(),
        },
        body: '{"reason":"bench"}',
      };
    },
  };
  if (load.asks === "command") return [command];
  const mix = Array.from({ length: rounds }, () =>
    [get, get, page, get, get, command, get, page, get, get].map((one) =>
      typeof one === "function" ? one() : one,
    ),
  ).flat();
  // Every connection begins somewhere else, so that commands do not come in waves.
  return [...mix.slice(own % 10), ...mix.slice(0, own % 10)];
}

const rounds = 50;

function pick(from: readonly string[]): string {
  return from[Math.floor(Math.random() * from.length)] ?? "";
}
