import { BlockList, isIP } from "node:net";

/** Whether an address is one of our own proxies. */
export type IsTrustedProxy = (address: string) => boolean;

/** Addresses or networks such as `10.0.0.5` and `10.0.0.0/8`. Null when one of them is neither. */
export function trustedProxies(list: readonly string[]): IsTrustedProxy | null {
  const known = new BlockList();
  for (const entry of list) {
    const [address = "", bits, ...more] = entry.split("/");
    const family = familyOf(address);
    const longest = family === "ipv4" ? 32 : 128;
    if (family === null || more.length > 0) return null;
    if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest)) return null;
    known.addSubnet(address, Number(bits ?? longest), family);
  }
  return (address) => {
    const family = familyOf(address);
    return family !== null && known.check(address, family);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | null {
  const version = isIP(address);
  if (version === 0) return null;
  return version === 4 ? "ipv4" : "ipv6";
}
