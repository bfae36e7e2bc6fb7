import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeMe as changeMeRoute,
  changePassword as changePasswordRoute,
  confirmTotp as confirmTotpRoute,
  getMe,
  listMySessions,
  proposeTotp as proposeTotpRoute,
  removeTotp as removeTotpRoute,
  revokeMySession,
} from "@millwright/contracts/api";

import { recordChange } from "../../platform/audit/record-change.ts";
import { createApi } from "../../platform/http/api.ts";
import { callerOf, guarded } from "../../platform/http/permission.ts";
import { changePassword, provePassword } from "./change-password.ts";
import type { IdentityDeps } from "./deps.ts";
import { endSession } from "./end-session.ts";
import { readMe } from "./me.ts";
import { personOfRequest } from "./person.ts";
import { confirmTotp, proposeTotp, removeTotp } from "./second-factor.ts";
import { showSession } from "./show-session.ts";
import { readOpenSessions } from "./store/sessions.ts";
import { readUser, updateUser } from "./store/users.ts";

/** What everybody may do about themselves. */
export function profileRoutes(deps: IdentityDeps): OpenAPIHono {
  const { platform, requests } = deps;
  return createApi()
    .openapi(guarded(getMe, "signed_in"), async (c) =>
      c.json(await readMe(deps, personOfRequest(c)), 200),
    )
    .openapi(guarded(changeMeRoute, "signed_in"), async (c) => {
      const person = personOfRequest(c);
      const { userId, actor } = person;
      const change = c.req.valid("json");
      await requests.transaction(c, async (tx) => {
        const before = await readUser(tx, userId, { lock: true });
        await updateUser(tx, userId, change);
        const label = change.name ?? before?.name ?? "";
        const old = { name: before?.name, language: before?.language };
        const after = { ...old, ...change };
        recordChange(tx, {
          objectType: "user",
          objectId: userId,
          label,
          before: old,
          after,
          by: actor,
        });
      });
      deps.callers.forget(person.tenantId, { userId });
      return c.json(await readMe(deps, person), 200);
    })
    .openapi(guarded(changePasswordRoute, "signed_in"), async (c) => {
      const person = personOfRequest(c);
      await changePassword(deps, person, c.req.valid("json"));
      deps.callers.forget(person.tenantId, { userId: person.userId });
      return c.json({}, 200);
    })
    .openapi(guarded(listMySessions, "signed_in"), async (c) => {
      const { userId, sessionId } = personOfRequest(c);
      const now = platform.clock.now();
      const rows = await requests.transaction(c, (tx) => readOpenSessions(tx, userId, now));
      return c.json({ rows: rows.map((row) => showSession(row, sessionId)) }, 200);
    })
    .openapi(guarded(revokeMySession, "signed_in"), async (c) => {
      personOfRequest(c);
      await endSession(deps, callerOf(c), "revoked", c.req.valid("param").sessionId);
      return c.json({}, 200);
    })
    .openapi(guarded(proposeTotpRoute, "signed_in"), async (c) =>
      c.json(await proposeTotp(deps, personOfRequest(c)), 200),
    )
    .openapi(guarded(confirmTotpRoute, "signed_in"), async (c) =>
      c.json(await confirmTotp(deps, personOfRequest(c), c.req.valid("json").code), 200),
    )
    .openapi(guarded(removeTotpRoute, "signed_in"), async (c) => {
      const person = personOfRequest(c);
      await provePassword(deps, person, c.req.valid("json").password);
      await requests.transaction(c, (tx) => removeTotp(tx, person));
      return c.json({}, 200);
    });
}
