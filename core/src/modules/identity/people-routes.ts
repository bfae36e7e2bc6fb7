import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeDepartment as changeDepartmentRoute,
  changeUser as changeUserRoute,
  commandUser as commandUserRoute,
  createDepartment as createDepartmentRoute,
  createSite as createSiteRoute,
  getCompany,
  renameCompany as renameCompanyRoute,
  getUser,
  inviteUser as inviteUserRoute,
  listDepartments,
  listUsers,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { callerOf, guarded, type Permission } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { changeUser, commandUser } from "./change-user.ts";
import { createSite } from "./create-site.ts";
import { renameCompany } from "./rename-company.ts";
import { changeDepartment, createDepartment } from "./departments.ts";
import type { IdentityDeps } from "./deps.ts";
import { inviteUser } from "./invite-user.ts";
import {
  readCompany,
  readDepartments,
  readLockedAccounts,
  readOneUser,
  readUserPage,
} from "./people-queries.ts";
import type { identityObjectTypes } from "./permissions.ts";
import { showSession } from "./show-session.ts";
import { readOpenSessions } from "./store/sessions.ts";
import { forgiveAccount } from "./store/sign-in-failures.ts";

/** People, departments and the company, for those who manage them. */
export function peopleRoutes(deps: IdentityDeps): OpenAPIHono {
  return createApi().route("/", userRoutes(deps)).route("/", organisationRoutes(deps));
}

function userRoutes(deps: IdentityDeps) {
  const { platform, requests, authorisation, callers, mail } = deps;
  const locked = () => readLockedAccounts(platform.db, platform.clock.now());
  return createApi()
    .openapi(guarded(listUsers, may("user", "read")), async (c) => {
      const { cursor, limit, ...filter } = c.req.valid("query");
      const after = readCursor(cursor, [cursorPart.text, cursorPart.uuid]);
      const asked = { after, limit, ...filter, locked: await locked() };
      const rows = await requests.transaction(c, (tx) => readUserPage(tx, asked));
      const page = pageOf(rows, {
        limit,
        keyOf: (row) => [row.name, row.userId],
        show: (row) => row,
      });
      return c.json(page, 200);
    })
    .openapi(guarded(inviteUserRoute, may("user", "change")), async (c) => {
      const asked = c.req.valid("json");
      const policy = await authorisation.policy(callerOf(c).tenantId);
      const now = platform.clock.now();
      const userId = newId(platform);
      const told = await requests.actTellingOnce(c, asked, async (tx, caller) => {
        const by = { policy, mail, caller, now };
        const secret = await inviteUser(tx, by, { ...asked, userId });
        return { answer: await readOneUser(tx, userId, []), secret };
      });
      const { answer: user, secret: link } = told;
      sendVersion(c, user.version);
      return c.json({ user, link }, 201);
    })
    .openapi(guarded(getUser, may("user", "read")), async (c) => {
      const { userId } = c.req.valid("param");
      const now = platform.clock.now();
      const digests = await locked();
      const user = await requests.transaction(c, async (tx, caller) => {
        const found = await readOneUser(tx, userId, digests);
        const sessions = await readOpenSessions(tx, userId, now);
        return { ...found, sessions: sessions.map((row) => showSession(row, caller.sessionId)) };
      });
      sendVersion(c, user.version);
      return c.json(user, 200);
    })
    .openapi(guarded(changeUserRoute, may("user", "change")), async (c) => {
      const { userId } = c.req.valid("param");
      const { tenantId } = callerOf(c);
      const policy = await authorisation.policy(tenantId);
      const now = platform.clock.now();
      const asked = { userId, version: versionAsked(c), change: c.req.valid("json") };
      const digests = await locked();
      const user = await requests.transaction(c, async (tx, caller) => {
        await changeUser(tx, { policy, caller, now }, asked);
        return readOneUser(tx, userId, digests);
      });
      callers.forget(tenantId, { userId });
      sendVersion(c, user.version);
      return c.json(user, 200);
    })
    .openapi(guarded(commandUserRoute, may("user", "change")), async (c) => {
      const asked = c.req.valid("param");
      const { userId, command } = asked;
      const { tenantId } = callerOf(c);
      const policy = await authorisation.policy(tenantId);
      const now = platform.clock.now();
      const told = await requests.actTellingOnce(c, asked, async (tx, caller) => {
        const secret = await commandUser(tx, { policy, caller, mail, now }, asked);
        return { answer: await readOneUser(tx, userId, []), secret };
      });
      const { answer: user, secret: link } = told;
      if (command === "unlock") await forgiveAccount(platform.db, user.email);
      callers.forget(tenantId, { userId });
      sendVersion(c, user.version);
      return c.json({ user, link }, 200);
    });
}

function organisationRoutes({ platform, requests }: IdentityDeps) {
  return createApi()
    .openapi(guarded(listDepartments, may("department", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => readDepartments(tx)) }, 200),
    )
    .openapi(guarded(createDepartmentRoute, may("department", "change")), async (c) => {
      const asked = c.req.valid("json");
      const departmentId = newId(platform);
      const made = await requests.act(c, asked, async (tx, caller) => {
        await createDepartment(tx, caller, { ...asked, departmentId });
        return { ...asked, departmentId, version: 1 };
      });
      sendVersion(c, made.version);
      return c.json(made, 201);
    })
    .openapi(guarded(changeDepartmentRoute, may("department", "change")), async (c) => {
      const { departmentId } = c.req.valid("param");
      const asked = { ...c.req.valid("json"), departmentId };
      const version = versionAsked(c);
      await requests.transaction(c, (tx, caller) =>
        changeDepartment(tx, caller, { ...asked, version }),
      );
      sendVersion(c, version + 1);
      return c.json({ ...asked, version: version + 1 }, 200);
    })
    .openapi(guarded(getCompany, may("company", "read")), async (c) => {
      const company = await requests.transaction(c, readCompany);
      sendVersion(c, company.version);
      return c.json(company, 200);
    })
    .openapi(guarded(renameCompanyRoute, may("company", "change")), async (c) => {
      const asked = { ...c.req.valid("json"), version: versionAsked(c) };
      const company = await requests.transaction(c, async (tx, caller) => {
        await renameCompany(tx, caller, asked);
        return readCompany(tx);
      });
      sendVersion(c, company.version);
      return c.json(company, 200);
    })
    .openapi(guarded(createSiteRoute, may("company", "change")), async (c) => {
      const asked = c.req.valid("json");
      const siteId = newId(platform);
      const company = await requests.act(c, asked, async (tx, caller) => {
        await createSite(tx, caller, { ...asked, siteId });
        return readCompany(tx);
      });
      return c.json(company, 201);
    });
}

function may(objectType: keyof typeof identityObjectTypes, action: string): Permission {
  return { objectType, action, on: "any" };
}
