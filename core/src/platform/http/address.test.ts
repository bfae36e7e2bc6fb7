import { Hono } from "hono";
import { expect, test } from "vitest";

import { addressOf, forwardedAddresses } from "./address.ts";
import { trustedProxies } from "./trusted-proxies.ts";

const proxies = ["10.0.0.0/8", "192.0.2.1"];

test.each([
  {
    why: "nobody is trusted",
    trusted: [],
    peer: "10.0.0.1",
    header: "203.0.113.9",
    is: "10.0.0.1",
  },
  {
    why: "it is a proxy's",
    trusted: proxies,
    peer: "10.0.0.1",
    header: "203.0.113.9",
    is: "203.0.113.9",
  },
  {
    why: "IPv4 comes as IPv6",
    trusted: proxies,
    peer: "::ffff:10.0.0.1",
    header: "203.0.113.9",
    is: "203.0.113.9",
  },
  {
    why: "a client writes it",
    trusted: proxies,
    peer: "203.0.113.9",
    header: "10.9.9.9",
    is: "203.0.113.9",
  },
  {
    why: "a client wrote more in front",
    trusted: proxies,
    peer: "10.0.0.1",
    header: "1.1.1.1, 203.0.113.9",
    is: "203.0.113.9",
  },
  {
    why: "two proxies are on the way",
    trusted: proxies,
    peer: "192.0.2.1",
    header: "203.0.113.9, 10.0.0.7",
    is: "203.0.113.9",
  },
  {
    why: "it is no address",
    trusted: proxies,
    peer: "10.0.0.1",
    header: "203.0.113.9, <b>",
    is: "10.0.0.1",
  },
  { why: "it is missing", trusted: proxies, peer: "10.0.0.1", header: undefined, is: "10.0.0.1" },
])("the address is $is when $why", async ({ trusted, peer, header, is }) => {
  const app = new Hono();
  app.use(forwardedAddresses(trustedProxies(trusted) ?? undefined));
  app.get("/", (c) => c.text(addressOf(c)));
  const headers = header === undefined ? {} : { "x-forwarded-for": header };
  const env = { incoming: { socket: { remoteAddress: peer } } };
  expect(await (await app.request("/", { headers }, env)).text()).toBe(is);
});

test.each(["proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "", "::/129"])(
  "%s is no proxy that could be trusted",
  (entry) => expect(trustedProxies([entry])).toBeNull(),
);
