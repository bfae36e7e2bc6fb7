import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import { json, problemResponses, requiredText, rowsOf, text } from "./problem.ts";

/** Compared without case, as people write it; stored as typed. */
export const emailSchema = z.string().trim().max(254).pipe(z.email());

/**
 * At least 12 characters and no other rule (NIST SP 800-63B, 3.1.1.2): length is what helps, rules
 * about digits do not. Known and own-name passwords are refused by the use case.
 */
export const newPasswordSchema = z
  .string()
  .min(12, "a password has at least 12 characters")
  .max(200);

/** Six digits of an authenticator app, or a recovery code. */
const secondFactorSchema = z.string().trim().max(40);

/** Who is signed in and what they may do: what every page needs to know first. */
export const meSchema = z
  .object({
    userId: z.uuid(),
    name: z.string(),
    email: z.string(),
    tenantId: z.uuid(),
    companyName: z.string(),
    roles: z.array(z.string()),
    departmentId: z.uuid().nullable(),
    /** `objectType:action` that some rule allows at least for some objects; hides what never works. */
    permissions: z.array(z.string()),
    language: z.enum(["en", "zh-CN"]).nullable(),
    hasPassword: z.boolean(),
    hasTotp: z.boolean(),
    /** When this session ends by itself; refreshing moves it, at most to its absolute end. */
    sessionEndsTime: iso8601Schema,
  })
  .openapi("Me");
export type Me = z.infer<typeof meSchema>;

/**
 * The answer to every way of signing in. Browsers get cookies and ignore `accessToken`; programs send
 * it as `Authorization: Bearer` until `expiresTime` and then refresh.
 */
export const signedInSchema = z
  .object({ accessToken: z.string(), expiresTime: iso8601Schema, me: meSchema })
  .openapi("SignedIn");
export type SignedIn = z.infer<typeof signedInSchema>;

const signedIn = { 200: json(signedInSchema, "Signed in"), ...problemResponses };
const nothing = { 200: json(z.object({}), "Done"), ...problemResponses };

function body<S extends z.ZodType>(schema: S, description: string) {
  return { body: { required: true, ...json(schema, description) } } as const;
}

// --- first run -------------------------------------------------------------------------------------

export const getSetup = createRoute({
  method: "get",
  path: "/api/setup",
  tags: ["sign-in"],
  responses: {
    200: json(
      z.object({ isNeeded: z.boolean(), companyName: z.string(), timeZone: z.string() }),
      "Whether this installation still has no administrator, and what is proposed",
    ),
    ...problemResponses,
  },
});

/** The setup code proves access to the machine: `npm start` prints it, DATA_DIR/secrets keeps it. */
export const setUpSchema = z
  .object({
    code: requiredText(100),
    company: z.object({ name: requiredText(100) }),
    site: z.object({
      name: requiredText(100),
      timeZone: requiredText(64),
      /** Start of the production day, `HH:MM` site time. */
      dayStart: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    }),
    administrator: z.object({
      name: requiredText(100),
      email: emailSchema,
      password: newPasswordSchema,
    }),
  })
  .openapi("SetUp");
export type SetUp = z.infer<typeof setUpSchema>;

export const setUp = createRoute({
  method: "post",
  path: "/api/setup",
  tags: ["sign-in"],
  request: body(setUpSchema, "Company, site and administrator of a fresh installation"),
  responses: signedIn,
});

// --- signing in ------------------------------------------------------------------------------------

export const getSignInMethods = createRoute({
  method: "get",
  path: "/api/auth/methods",
  tags: ["sign-in"],
  responses: {
    200: json(
      z.object({
        providers: z.array(z.object({ providerId: z.string(), name: z.string() })),
      }),
      "OpenID providers beside the password",
    ),
    ...problemResponses,
  },
});

/**
 * Refusals: sign_in.refused (401, says neither whether the user exists nor what was wrong) ·
 * sign_in.code_needed (401, ask again with `code`) · sign_in.company_needed (409, `allowed` lists the
 * companies) · sign_in.locked (429, with Retry-After).
 */
export const signIn = createRoute({
  method: "post",
  path: "/api/auth/sign-in",
  tags: ["sign-in"],
  request: body(
    z
      .object({
        email: emailSchema,
        password: z.string().min(1).max(200),
        code: secondFactorSchema.optional(),
        /** Only where one address works for several companies of the installation. */
        companyName: text(100).optional(),
      })
      .openapi("SignIn"),
    "Who signs in",
  ),
  responses: signedIn,
});

/** Rotates the refresh token. One that comes a second time ends its session: it was copied. */
export const refreshSession = createRoute({
  method: "post",
  path: "/api/auth/refresh",
  tags: ["sign-in"],
  request: {
    body: {
      required: false,
      ...json(z.object({ refreshToken: z.string().max(500).optional() }), "Browsers: the cookie"),
    },
  },
  responses: signedIn,
});

export const signOut = createRoute({
  method: "post",
  path: "/api/auth/sign-out",
  tags: ["sign-in"],
  responses: nothing,
});

/** Sends the browser to the provider; comes back to `/api/auth/oidc/{providerId}/callback`. */
export const startOidc = createRoute({
  method: "get",
  path: "/api/auth/oidc/{providerId}/start",
  tags: ["sign-in"],
  request: {
    params: z.object({ providerId: z.string().max(100) }),
    // A path of ours: an open redirect would lend our name to other sites.
    query: z.object({
      returnTo: z
        .string()
        .max(500)
        .regex(/^\/(?![/\\])/)
        .default("/"),
    }),
  },
  responses: { 302: { description: "To the provider" }, ...problemResponses },
});

export const finishOidc = createRoute({
  method: "get",
  path: "/api/auth/oidc/{providerId}/callback",
  tags: ["sign-in"],
  request: {
    params: z.object({ providerId: z.string().max(100) }),
    query: z.object({
      code: z.string().max(2000).optional(),
      state: z.string().max(500).optional(),
      error: z.string().max(200).optional(),
    }),
  },
  responses: {
    302: { description: "Signed in: back to `returnTo`; else to /sign-in?problem=<code>" },
    ...problemResponses,
  },
});

// --- links sent by mail ----------------------------------------------------------------------------

const linkTokenSchema = z.string().min(20).max(200);

/** What a link is for, before the person does anything. @throws link.not_valid (404) used, ended, unknown */
export const readLink = createRoute({
  method: "post",
  path: "/api/auth/links/read",
  tags: ["sign-in"],
  request: body(z.object({ token: linkTokenSchema }), "The token of the link"),
  responses: {
    200: json(
      z.object({
        purpose: z.enum(["invitation", "password_reset"]),
        email: z.string(),
        name: z.string(),
        companyName: z.string(),
      }),
      "Whom it is for",
    ),
    ...problemResponses,
  },
});

/** Accepts an invitation or resets a password; ends all other sessions of the user. */
export const useLink = createRoute({
  method: "post",
  path: "/api/auth/links/use",
  tags: ["sign-in"],
  request: body(
    z.object({
      token: linkTokenSchema,
      name: requiredText(100).optional(),
      password: newPasswordSchema,
    }),
    "The new password",
  ),
  responses: signedIn,
});

/** Always answers the same and as fast, whether the address is known or not. */
export const askPasswordReset = createRoute({
  method: "post",
  path: "/api/auth/password-reset",
  tags: ["sign-in"],
  request: body(z.object({ email: emailSchema }), "Where the link is sent"),
  responses: nothing,
});

// --- the signed-in person --------------------------------------------------------------------------

export const getMe = createRoute({
  method: "get",
  path: "/api/me",
  tags: ["profile"],
  responses: { 200: json(meSchema, "Who is signed in"), ...problemResponses },
});

export const changeMe = createRoute({
  method: "patch",
  path: "/api/me",
  tags: ["profile"],
  request: body(
    z.object({
      name: requiredText(100).optional(),
      language: z.enum(["en", "zh-CN"]).nullable().optional(),
    }),
    "What changes",
  ),
  responses: { 200: json(meSchema, "As changed"), ...problemResponses },
});

/** Ends every other session. */
export const changePassword = createRoute({
  method: "post",
  path: "/api/me/password",
  tags: ["profile"],
  request: body(
    z.object({ currentPassword: z.string().max(200), newPassword: newPasswordSchema }),
    "The old and the new one",
  ),
  responses: nothing,
});

export const sessionSchema = z
  .object({
    sessionId: z.uuid(),
    isCurrent: z.boolean(),
    /** `password`, or the OpenID provider's name. */
    method: z.string(),
    userAgent: z.string(),
    address: z.string(),
    startedTime: iso8601Schema,
    lastSeenTime: iso8601Schema,
    endsTime: iso8601Schema,
  })
  .openapi("Session");
export type Session = z.infer<typeof sessionSchema>;

export const listMySessions = createRoute({
  method: "get",
  path: "/api/me/sessions",
  tags: ["profile"],
  responses: { 200: json(rowsOf(sessionSchema), "Newest first"), ...problemResponses },
});

export const revokeMySession = createRoute({
  method: "post",
  path: "/api/me/sessions/{sessionId}/revoke",
  tags: ["profile"],
  request: { params: z.object({ sessionId: z.uuid() }) },
  responses: nothing,
});

/** Makes a new secret, which counts from `confirmTotp` on (RFC 6238: SHA-1, 6 digits, 30 s). */
export const proposeTotp = createRoute({
  method: "post",
  path: "/api/me/totp",
  tags: ["profile"],
  responses: {
    200: json(
      z.object({ secret: z.string(), uri: z.string().describe("otpauth:// for the QR code") }),
      "To be scanned",
    ),
    ...problemResponses,
  },
});

export const confirmTotp = createRoute({
  method: "post",
  path: "/api/me/totp/confirm",
  tags: ["profile"],
  request: body(z.object({ code: secondFactorSchema }), "A code of the new secret"),
  responses: {
    200: json(z.object({ recoveryCodes: z.array(z.string()) }), "Shown once"),
    ...problemResponses,
  },
});

export const removeTotp = createRoute({
  method: "post",
  path: "/api/me/totp/remove",
  tags: ["profile"],
  request: body(z.object({ password: z.string().max(200) }), "Proof of who asks"),
  responses: nothing,
});
