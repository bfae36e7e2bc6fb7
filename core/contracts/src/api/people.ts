import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  requiredText,
  rowsOf,
  text,
} from "./problem.ts";
import { emailSchema, sessionSchema } from "./sign-in.ts";

/** `invited` has not set a password yet; `locked` failed too often and waits; `inactive` may not sign in. */
export const userStates = ["invited", "active", "locked", "inactive"] as const;

export const userSchema = z
  .object({
    userId: z.uuid(),
    name: z.string(),
    email: z.string(),
    state: z.enum(userStates),
    roles: z.array(z.string()),
    departmentId: z.uuid().nullable(),
    departmentName: z.string().nullable(),
    hasTotp: z.boolean(),
    lastSeenTime: iso8601Schema.nullable(),
    version: z.number().int(),
  })
  .openapi("User");
export type User = z.infer<typeof userSchema>;

const userParams = z.object({ userId: z.uuid() });

export const listUsers = createRoute({
  method: "get",
  path: "/api/admin/users",
  tags: ["people"],
  request: {
    query: pageQuerySchema.extend({
      search: text(100).optional(),
      state: z.enum(userStates).optional(),
      role: text(63).optional(),
    }),
  },
  responses: { 200: json(pageOf(userSchema), "By name"), ...problemResponses },
});

/** `link` is set when the installation sends no mail: the administrator hands it over. */
export const invitedSchema = z
  .object({ user: userSchema, link: z.string().nullable() })
  .openapi("Invited");

export const inviteUser = createRoute({
  method: "post",
  path: "/api/admin/users",
  tags: ["people"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          name: requiredText(100),
          email: emailSchema,
          roles: z.array(text(63)).max(50),
          departmentId: z.uuid().nullable().default(null),
        }),
        "Whom to invite",
      ),
    },
  },
  responses: { 201: json(invitedSchema, "Invited"), ...problemResponses },
});

export const getUser = createRoute({
  method: "get",
  path: "/api/admin/users/{userId}",
  tags: ["people"],
  request: { params: userParams },
  responses: {
    200: json(
      userSchema.extend({ sessions: z.array(sessionSchema) }).openapi("UserWithSessions"),
      "The user and the sessions that are open",
    ),
    ...problemResponses,
  },
});

/** @throws user.last_administrator (409): somebody must be able to give rights back */
export const changeUser = createRoute({
  method: "patch",
  path: "/api/admin/users/{userId}",
  tags: ["people"],
  request: {
    params: userParams,
    headers: ifMatchHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          name: requiredText(100).optional(),
          roles: z.array(text(63)).max(50).optional(),
          departmentId: z.uuid().nullable().optional(),
        }),
        "What changes",
      ),
    },
  },
  responses: { 200: json(userSchema, "As changed"), ...problemResponses },
});

/** `send_link` sends a new invitation or password reset; the answer has the link when no mail is sent. */
export const userCommands = [
  "deactivate",
  "activate",
  "unlock",
  "send_link",
  "end_sessions",
  "remove_totp",
] as const;

export const commandUser = createRoute({
  method: "post",
  path: "/api/admin/users/{userId}/{command}",
  tags: ["people"],
  request: {
    params: userParams.extend({ command: z.enum(userCommands) }),
    headers: idempotencyHeaderSchema,
  },
  responses: { 200: json(invitedSchema, "Done"), ...problemResponses },
});

export const departmentSchema = z
  .object({
    departmentId: z.uuid(),
    name: z.string(),
    parentId: z.uuid().nullable(),
    siteId: z.uuid().nullable(),
    version: z.number().int(),
  })
  .openapi("Department");
export type Department = z.infer<typeof departmentSchema>;

const newDepartmentSchema = z.object({
  name: requiredText(100),
  parentId: z.uuid().nullable().default(null),
  siteId: z.uuid().nullable().default(null),
});

export const listDepartments = createRoute({
  method: "get",
  path: "/api/admin/departments",
  tags: ["people"],
  responses: { 200: json(rowsOf(departmentSchema), "By name, at most 1,000"), ...problemResponses },
});

export const createDepartment = createRoute({
  method: "post",
  path: "/api/admin/departments",
  tags: ["people"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(newDepartmentSchema, "The department") },
  },
  responses: { 201: json(departmentSchema, "Created"), ...problemResponses },
});

/** @throws department.cycle (409) */
export const changeDepartment = createRoute({
  method: "put",
  path: "/api/admin/departments/{departmentId}",
  tags: ["people"],
  request: {
    params: z.object({ departmentId: z.uuid() }),
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(newDepartmentSchema, "As it shall be") },
  },
  responses: { 200: json(departmentSchema, "As changed"), ...problemResponses },
});

export const companySchema = z
  .object({
    tenantId: z.uuid(),
    name: z.string(),
    version: z.number().int(),
    sites: z.array(
      z.object({
        siteId: z.uuid(),
        name: z.string(),
        timeZone: z.string(),
        dayStart: z.string(),
        groupId: z.string(),
      }),
    ),
  })
  .openapi("Company");

export const getCompany = createRoute({
  method: "get",
  path: "/api/admin/company",
  tags: ["people"],
  responses: { 200: json(companySchema, "The company and its sites"), ...problemResponses },
});

/** The name people know the company by; sites keep theirs. */
export const renameCompany = createRoute({
  method: "put",
  path: "/api/admin/company",
  tags: ["people"],
  request: {
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(z.object({ name: requiredText(100) }), "Its new name") },
  },
  responses: { 200: json(companySchema, "As changed"), ...problemResponses },
});

export const createSite = createRoute({
  method: "post",
  path: "/api/admin/sites",
  tags: ["people"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          name: requiredText(100),
          timeZone: requiredText(64),
          dayStart: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
          /** Sparkplug group, unique in the installation. */
          groupId: requiredText(100),
        }),
        "The site",
      ),
    },
  },
  responses: { 201: json(companySchema, "The company with it"), ...problemResponses },
});
