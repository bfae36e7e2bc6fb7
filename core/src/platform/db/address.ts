/**
 * Where a tenant's database is, as the registry keeps it: the name of a database on the installation's
 * own server, or a URL without a login. It holds no secret: each process takes the login it already has.
 */
export function urlOfAddress(address: string, installationUrl: string): string {
  const own = new URL(installationUrl);
  if (!address.includes("://")) {
    own.pathname = `/${encodeURIComponent(address)}`;
    return own.href;
  }
  const url = new URL(address);
  url.username = own.username;
  url.password = own.password;
  return url.href;
}
