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

import type { Answer, Body, Output } from "./contract-types.ts";

export type Setup = Answer<typeof getSetup>;
export type SignInMethods = Answer<typeof getSignInMethods>;
export type SignIn = Body<typeof signIn>;
export type LinkPurpose = Answer<typeof readLink>;
export type ChangeMe = Body<typeof changeMe>;

export type UserWithSessions = Answer<typeof getUser>;
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
