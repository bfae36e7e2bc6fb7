import type { Authorisation } from "../../platform/authz/authorisation.ts";
import type { Catalogue } from "../../platform/authz/catalogue.ts";
import type { RefusalLog } from "../../platform/authz/refusal-log.ts";
import type { Requests } from "../../platform/http/api.ts";
import type { Passwords } from "../../platform/passwords/passwords.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Seal } from "../../platform/seal.ts";
import type { AccessTokens } from "./access-token.ts";
import type { Callers } from "./callers.ts";
import type { LinkMail } from "./links.ts";

/** What the routes of identity stand on. */
export type IdentityDeps = {
  platform: Platform;
  requests: Requests;
  authorisation: Authorisation;
  catalogue: Catalogue;
  refusals: RefusalLog;
  passwords: Passwords;
  tokens: AccessTokens;
  callers: Callers;
  mail: LinkMail;
  /** Whoever knows it may make the first administrator; undefined: nobody may. */
  setupCode: string | undefined;
  /** Cookies travel by TLS only. */
  isSecure: boolean;
  /** Address under which people reach us; undefined: the one they came by. */
  publicUrl: string | undefined;
  /** OpenID providers may be at addresses of our own network. */
  oidcMayBeInside: boolean;
  /** Seals what only this installation may read. */
  seal: Seal;
};
