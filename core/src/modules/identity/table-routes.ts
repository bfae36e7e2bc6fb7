import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type Department,
  exportDepartments,
  exportUsers,
  type User,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import type { Platform } from "../../platform/platform.ts";
import { columnsOf } from "../../platform/tables/column.ts";
import { wholeList } from "../../platform/tables/export-rows.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import { readDepartments, readLockedAccounts, readUserPage } from "./people-queries.ts";

type Deps = { platform: Platform; files: TableFiles };

/** People and departments as files; registered before the routes that take an id in the same place. */
export function identityTableRoutes({ platform, files }: Deps): OpenAPIHono {
  return createApi()
    .openapi(guarded(exportUsers, mayRead("user")), async (c) => {
      const { format, ...filter } = c.req.valid("query");
      const locked = await readLockedAccounts(platform.db, platform.clock.now());
      return files.exportList(c, {
        name: "users",
        format,
        list: {
          columns: userColumns,
          readPage: (tx, page) => readUserPage(tx, { ...filter, ...page, locked }),
          keyOf: ({ name, userId }) => [name, userId],
          show: (users) => users.map((user) => ({ ...user, roles: user.roles.join(", ") })),
        },
      });
    })
    .openapi(guarded(exportDepartments, mayRead("department")), (c) =>
      files.exportList(c, {
        name: "departments",
        format: c.req.valid("query").format,
        list: wholeList(departmentColumns, (tx) => readDepartments(tx)),
      }),
    );
}

function mayRead(objectType: "user" | "department") {
  return { objectType, action: "read", on: "any" } as const;
}

const userColumns = columnsOf<Omit<User, "roles"> & { roles: string }>({
  name: "text",
  email: "text",
  state: "text",
  roles: "text",
  departmentName: "text",
  hasTotp: "boolean",
  lastSeenTime: "instant",
  userId: "text",
});

const departmentColumns = columnsOf<Department>({
  name: "text",
  departmentId: "text",
  parentId: "text",
  siteId: "text",
});
