/** Every page of the app; the router, the navigation and the shortcuts read it. Ids are path segments. */
export const paths = {
  plant: "/",
  machines: "/machines",
  machine: "/machines/$workUnitId",
  workOrders: "/work-orders",
  workOrder: "/work-orders/$workOrderId",
  unassigned: "/unassigned-counts",
  equipment: "/equipment",
  items: "/items",
  item: "/items/$itemId",
  bom: "/items/$itemId/bom",
  profile: "/profile",
  users: "/admin/users",
  user: "/admin/users/$userId",
  access: "/admin/access",
  company: "/admin/company",
  apiKeys: "/admin/api-keys",
  settings: "/admin/settings",
  jobs: "/admin/jobs",
  audit: "/admin/audit",
  subscriptions: "/admin/subscriptions",
  webhooks: "/admin/webhooks",
  notifications: "/notifications",
  signIn: "/sign-in",
  setup: "/setup",
  link: "/link",
} as const;

/** Pages for people who are not signed in: they have no navigation and read nothing of the plant. */
export const doorways: readonly string[] = [paths.signIn, paths.setup, paths.link];
