import type {
  Department,
  changeMe,
  companySchema,
  createApiKey,
  createDepartment,
  createSite,
  explainDecision,
  explanationSchema,
  getSetup,
  getSignInMethods,
  getUser,
  invitedSchema,
  inviteUser,
  readLink,
  refusedDecisionSchema,
  roleSchema,
  ruleSchema,
  signIn,
  catalogueSchema,
  userCommands,
} from "@millwright/contracts/api";

/** Shapes of identity and access that the contract states as schemas only (see shapes.ts). */
type Output<S extends { _zod: { output: unknown } }> = S["_zod"]["output"];
type Input<S extends { _zod: { input: unknown } }> = S["_zod"]["input"];
type Body<R> = R extends {
  request: { body: { content: { "application/json": { schema: infer S } } } };
}
  ? S extends { _zod: { input: unknown } }
    ? Input<S>
    : never
  : never;
type Answer<R, Status extends number> = R extends {
  responses: Record<Status, { content: { "application/json": { schema: infer S } } }>;
}
  ? S extends { _zod: { output: unknown } }
    ? Output<S>
    : never
  : never;

export type Setup = Answer<typeof getSetup, 200>;
export type SignInMethods = Answer<typeof getSignInMethods, 200>;
export type SignIn = Body<typeof signIn>;
export type LinkPurpose = Answer<typeof readLink, 200>;
export type ChangeMe = Body<typeof changeMe>;

export type UserWithSessions = Answer<typeof getUser, 200>;
export type Invited = Output<typeof invitedSchema>;
export type InviteUser = Body<typeof inviteUser>;
export type UserCommand = (typeof userCommands)[number];
export type NewDepartment = Body<typeof createDepartment>;
export type DepartmentRow = Department;
export type Company = Output<typeof companySchema>;
export type NewSite = Body<typeof createSite>;

export type AccessCatalogue = Output<typeof catalogueSchema>;
export type Role = Output<typeof roleSchema>;
export type Rule = Output<typeof ruleSchema>;
export type Explanation = Output<typeof explanationSchema>;
export type AskedDecision = Body<typeof explainDecision>;
export type RefusedDecision = Output<typeof refusedDecisionSchema>;
export type CreateApiKey = Body<typeof createApiKey>;
export type CreatedApiKey = Answer<typeof createApiKey, 201>;
