import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";

import { type Gateway, askGateways, gatewayRow } from "./gateways.ts";

const url = "http://127.0.0.1:8080";

test("registered gateways are named as they log in", () => {
  const [label, text] = gatewayRow([gateway("saw"), gateway("press")], url);
  expect(label).toBe("Gateways");
  expect(text).toMatch(/^plant\/saw, plant\/press; Equipment at .* shows its token once$/);
});

test("of many, the first five are named", () => {
  const many = ["a", "b", "c", "d", "e", "f", "g"].map(gateway);
  expect(gatewayRow(many, url)[1]).toMatch(/^plant\/a, .* plant\/e and 2 more;/);
});

test("none, and not known, are told apart", () => {
  expect(gatewayRow([], url)[1]).toMatch(/^none yet;/);
  expect(gatewayRow(null, url)[1]).toMatch(/^unknown/);
});

test("core is asked, and an answer that is no list counts as none given", async () => {
  const answers = [{ rows: [gateway("saw")] }, { title: "no" }];
  const server = createServer((_, response) => response.end(JSON.stringify(answers.shift())));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  try {
    expect(await askGateways(`http://127.0.0.1:${port}`, "mw_test")).toEqual([gateway("saw")]);
    expect(await askGateways(`http://127.0.0.1:${port}`, "mw_test")).toBeNull();
  } finally {
    server.close();
  }
  expect(await askGateways(`http://127.0.0.1:${port}`, "mw_test")).toBeNull();
});

function gateway(edgeNodeId: string): Gateway {
  return { groupId: "plant", edgeNodeId, isOnline: false, since: null };
}
