import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { readAccessSearch } from "./pages/admin/access-search.ts";
import { readAnalyticsSearch } from "./pages/analytics-search.ts";
import { readAuditSearch } from "./pages/admin/audit-search.ts";
import { readBoardSearch } from "./pages/admin/board-search.ts";
import { readUserFilter } from "./pages/admin/user-filter.ts";
import { readBomSearch } from "./pages/engineering/bom-search.ts";
import { readChangeFilter } from "./pages/engineering/change-filter.ts";
import { readDemandFilter } from "./pages/planning/demand-filter.ts";
import { readItemFilter, readItemTab } from "./pages/engineering/item-filter.ts";
import { EquipmentPage } from "./pages/equipment-page.tsx";
import { readJobFilter } from "./pages/job-filter.ts";
import { JobsPage } from "./pages/jobs-page.tsx";
import { MachinesPage } from "./pages/machines-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { PageProblem } from "./pages/page-problem.tsx";
import { PlantPage } from "./pages/plant-page.tsx";
import { readSignInSearch } from "./pages/sign-in-search.ts";
import { WorkOrderPage } from "./pages/work-order-page.tsx";
import { WorkOrdersPage } from "./pages/work-orders-page.tsx";
import { readWorkOrderFilter } from "./pages/work-order-filter.ts";
import {
  readCountFilter,
  readScannerSearch,
  readStockSearch,
  readTransferFilter,
} from "./pages/warehouse/stock-search.ts";
import { Frame } from "./panels/frame.tsx";
import { paths } from "./paths.ts";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage });
const under = () => root;

/** The shop floor is there at once; what a person opens seldom is fetched when it is asked for. */
const routes = [
  createRoute({ getParentRoute: under, path: paths.plant, component: PlantPage }),
  createRoute({ getParentRoute: under, path: paths.machines, component: MachinesPage }),
  createRoute({
    getParentRoute: under,
    path: paths.machine,
    // Apart, because only this page draws charts.
    component: lazyRouteComponent(() => import("./pages/machine-page.tsx"), "MachinePage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.workOrders,
    validateSearch: readWorkOrderFilter,
    component: WorkOrdersPage,
  }),
  createRoute({ getParentRoute: under, path: paths.workOrder, component: WorkOrderPage }),
  createRoute({
    getParentRoute: under,
    path: paths.plans,
    component: lazyRouteComponent(() => import("./pages/planning/plans-page.tsx"), "PlansPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.plan,
    component: lazyRouteComponent(() => import("./pages/planning/plan-page.tsx"), "PlanPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.demands,
    validateSearch: readDemandFilter,
    component: lazyRouteComponent(() => import("./pages/planning/demands-page.tsx"), "DemandsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.purchaseProposals,
    component: lazyRouteComponent(
      () => import("./pages/planning/purchase-proposals-page.tsx"),
      "PurchaseProposalsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.jobs,
    validateSearch: readJobFilter,
    component: JobsPage,
  }),
  createRoute({
    getParentRoute: under,
    path: paths.providers,
    component: lazyRouteComponent(
      () => import("./pages/admin/providers-page.tsx"),
      "ProvidersPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.unassigned,
    component: lazyRouteComponent(() => import("./pages/unassigned-page.tsx"), "UnassignedPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.analytics,
    validateSearch: readAnalyticsSearch,
    // Apart, because only this page needs ECharts.
    component: lazyRouteComponent(() => import("./pages/analytics-page.tsx"), "AnalyticsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.downtimes,
    component: lazyRouteComponent(() => import("./pages/downtimes-page.tsx"), "DowntimesPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.downtimeReasons,
    component: lazyRouteComponent(
      () => import("./pages/downtime-reasons-page.tsx"),
      "DowntimeReasonsPage",
    ),
  }),
  createRoute({ getParentRoute: under, path: paths.equipment, component: EquipmentPage }),
  createRoute({
    getParentRoute: under,
    path: paths.items,
    validateSearch: readItemFilter,
    component: lazyRouteComponent(() => import("./pages/engineering/items-page.tsx"), "ItemsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.item,
    validateSearch: readItemTab,
    component: lazyRouteComponent(() => import("./pages/engineering/item-page.tsx"), "ItemPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.bom,
    validateSearch: readBomSearch,
    component: lazyRouteComponent(() => import("./pages/engineering/bom-page.tsx"), "BomPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.stock,
    validateSearch: readStockSearch,
    component: lazyRouteComponent(() => import("./pages/warehouse/stock-page.tsx"), "StockPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.transfers,
    validateSearch: readTransferFilter,
    component: lazyRouteComponent(
      () => import("./pages/warehouse/transfers-page.tsx"),
      "TransfersPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.transfer,
    component: lazyRouteComponent(
      () => import("./pages/warehouse/transfer-page.tsx"),
      "TransferPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.counts,
    validateSearch: readCountFilter,
    component: lazyRouteComponent(() => import("./pages/warehouse/counts-page.tsx"), "CountsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.count,
    component: lazyRouteComponent(() => import("./pages/warehouse/count-page.tsx"), "CountPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.scanner,
    validateSearch: readScannerSearch,
    component: lazyRouteComponent(
      () => import("./pages/warehouse/scanner-page.tsx"),
      "ScannerPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.changes,
    validateSearch: readChangeFilter,
    component: lazyRouteComponent(
      () => import("./pages/engineering/changes-page.tsx"),
      "ChangesPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.change,
    component: lazyRouteComponent(
      () => import("./pages/engineering/change-page.tsx"),
      "ChangePage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.calendars,
    component: lazyRouteComponent(
      () => import("./pages/engineering/calendars-page.tsx"),
      "CalendarsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.setupMatrix,
    component: lazyRouteComponent(
      () => import("./pages/engineering/setup-matrix-page.tsx"),
      "SetupMatrixPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.profile,
    component: lazyRouteComponent(() => import("./pages/profile-page.tsx"), "ProfilePage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.users,
    validateSearch: readUserFilter,
    component: lazyRouteComponent(() => import("./pages/admin/users-page.tsx"), "UsersPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.user,
    component: lazyRouteComponent(() => import("./pages/admin/user-page.tsx"), "UserPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.access,
    validateSearch: readAccessSearch,
    component: lazyRouteComponent(() => import("./pages/admin/access-page.tsx"), "AccessPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.company,
    component: lazyRouteComponent(() => import("./pages/admin/company-page.tsx"), "CompanyPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.apiKeys,
    component: lazyRouteComponent(() => import("./pages/admin/api-keys-page.tsx"), "ApiKeysPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.settings,
    component: lazyRouteComponent(() => import("./pages/admin/settings-page.tsx"), "SettingsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.audit,
    validateSearch: readAuditSearch,
    component: lazyRouteComponent(() => import("./pages/admin/audit-page.tsx"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.subscriptions,
    validateSearch: readBoardSearch,
    component: lazyRouteComponent(
      () => import("./pages/admin/subscriptions-page.tsx"),
      "SubscriptionsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.webhooks,
    component: lazyRouteComponent(() => import("./pages/admin/webhooks-page.tsx"), "WebhooksPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.notifications,
    component: lazyRouteComponent(
      () => import("./pages/notifications-page.tsx"),
      "NotificationsPage",
    ),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.signIn,
    validateSearch: readSignInSearch,
    component: lazyRouteComponent(() => import("./pages/sign-in-page.tsx"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.setup,
    component: lazyRouteComponent(() => import("./pages/setup-page.tsx"), "SetupPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: paths.link,
    component: lazyRouteComponent(() => import("./pages/link-page.tsx"), "LinkPage"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultErrorComponent: PageProblem,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
