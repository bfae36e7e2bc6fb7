import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Somebody asked us to call an address of our own network. */
export class InsideRefused extends Error {
  override readonly name = "InsideRefused";

  constructor(address: string) {
    super(`${address} lies inside of our network`);
  }
}

/** Addresses of this machine and its network: what people enter must not be a way to ask what stands behind us. */
const inside = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
] as const) {
  inside.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  inside.addSubnet(network, prefix, "ipv6");
}

export function isInside(address: string): boolean {
  // ::ffff:10.0.0.1 is 10.0.0.1, in both notations; BlockList sees through it.
  return inside.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** A URL that names an address of our network by number; names are judged when they are connected to. */
export function namesInside({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || (isIP(host) !== 0 && isInside(host));
}

/** Judges the address that is connected to, so that a name that changes its mind does not get in. */
export const outsideOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = addresses?.find(({ address }) => isInside(address));
    const [first] = addresses ?? [];
    if (error !== null) done(error, "", 4);
    else if (refused !== undefined) done(new InsideRefused(refused.address), "", 4);
    else if (options.all === true) done(null, addresses);
    else done(null, first?.address ?? "", first?.family ?? 4);
  });
};
