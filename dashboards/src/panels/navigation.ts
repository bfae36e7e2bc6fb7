import { type Permission, useMay } from "../api/identity-queries.ts";
import { paths } from "../paths.ts";
import type { IconName } from "../ui/icon.tsx";

/**
 * Pages by the people who work with them, each with the permission it is of no use without. A role
 * whose pages do not exist yet (accountant) has no group: it comes with its first
 * page, never as a dead link.
 */
const navigation = [
  {
    group: "shopFloor",
    pages: [
      { name: "plant", path: paths.plant, icon: "plant", shortcut: "g p", needs: "machine:read" },
      {
        name: "machines",
        path: paths.machines,
        icon: "machines",
        shortcut: "g m",
        needs: "machine:read",
      },
      {
        name: "unassigned",
        path: paths.unassigned,
        icon: "help",
        shortcut: "g f",
        needs: "work_order:correct",
      },
      {
        name: "downtimes",
        path: paths.downtimes,
        icon: "down",
        shortcut: "g 2",
        needs: "machine:give_reason",
      },
      {
        name: "analytics",
        path: paths.analytics,
        icon: "chart",
        shortcut: "g g",
        needs: "machine:read",
      },
    ],
  },
  {
    group: "planning",
    pages: [
      {
        name: "workOrders",
        path: paths.workOrders,
        icon: "orders",
        shortcut: "g w",
        needs: "work_order:read",
      },
      { name: "plans", path: paths.plans, icon: "clock", shortcut: "g v", needs: "plan:read" },
      {
        name: "demands",
        path: paths.demands,
        icon: "board",
        shortcut: "g q",
        needs: "demand:read",
      },
    ],
  },
  {
    group: "purchasing",
    pages: [
      {
        name: "purchaseProposals",
        path: paths.purchaseProposals,
        icon: "cart",
        shortcut: "g 1",
        needs: "planned_order:read",
      },
    ],
  },
  {
    group: "warehouse",
    pages: [
      { name: "scanner", path: paths.scanner, icon: "scan", shortcut: "g r", needs: "stock:move" },
      { name: "stock", path: paths.stock, icon: "stock", shortcut: "g l", needs: "stock:read" },
      {
        name: "transfers",
        path: paths.transfers,
        icon: "transfer",
        shortcut: "g t",
        needs: "transfer:read",
      },
      {
        name: "counts",
        path: paths.counts,
        icon: "count",
        shortcut: "g y",
        needs: "cycle_count:read",
      },
    ],
  },
  {
    group: "engineering",
    pages: [
      { name: "items", path: paths.items, icon: "items", shortcut: "g i", needs: "item:read" },
      {
        name: "changes",
        path: paths.changes,
        icon: "change",
        shortcut: "g n",
        needs: "engineering_change:read",
      },
      {
        name: "calendars",
        path: paths.calendars,
        icon: "planned_stop",
        shortcut: "g d",
        needs: "calendar:read",
      },
      {
        name: "setupMatrix",
        path: paths.setupMatrix,
        icon: "matrix",
        shortcut: "g x",
        needs: "item:read",
      },
    ],
  },
  {
    group: "setUp",
    pages: [
      {
        name: "equipment",
        path: paths.equipment,
        icon: "equipment",
        shortcut: "g e",
        needs: "equipment:read",
      },
      {
        name: "downtimeReasons",
        path: paths.downtimeReasons,
        icon: "help",
        shortcut: "g 3",
        needs: "downtime_reason:change",
      },
    ],
  },
  {
    group: "administration",
    pages: [
      { name: "users", path: paths.users, icon: "people", shortcut: "g u", needs: "user:read" },
      { name: "access", path: paths.access, icon: "access", shortcut: "g a", needs: "policy:read" },
      {
        name: "company",
        path: paths.company,
        icon: "company",
        shortcut: "g c",
        needs: "company:read",
      },
      {
        name: "providers",
        path: paths.providers,
        icon: "access",
        shortcut: "g z",
        needs: "company:change",
      },
      { name: "apiKeys", path: paths.apiKeys, icon: "key", shortcut: "g k", needs: "api_key:read" },
      {
        name: "settings",
        path: paths.settings,
        icon: "setup",
        shortcut: "g s",
        needs: "setting:read",
      },
      { name: "jobs", path: paths.jobs, icon: "clock", shortcut: "g j", needs: "job:read" },
      { name: "audit", path: paths.audit, icon: "history", shortcut: "g h", needs: "audit:read" },
      {
        name: "subscriptions",
        path: paths.subscriptions,
        icon: "board",
        shortcut: "g b",
        needs: "subscription:read",
      },
      {
        name: "webhooks",
        path: paths.webhooks,
        icon: "webhook",
        shortcut: "g o",
        needs: "webhook:read",
      },
    ],
  },
] as const satisfies readonly {
  group: string;
  pages: readonly {
    name: string;
    path: string;
    icon: IconName;
    shortcut: string;
    needs: Permission;
  }[];
}[];

type Group = (typeof navigation)[number];
type Page = Group["pages"][number];

/** What the person who is signed in can go to; a group without a page is left out. */
export function useNavigation(): { group: Group["group"]; pages: Page[] }[] {
  const may = useMay();
  return navigation
    .map(({ group, pages }) => {
      const all: readonly Page[] = pages;
      return { group, pages: all.filter((page) => may(page.needs)) };
    })
    .filter(({ pages }) => pages.length > 0);
}
