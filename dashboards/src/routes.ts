import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { EquipmentPage } from "./pages/equipment-page.tsx";
import { MachinesPage } from "./pages/machines-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { PageProblem } from "./pages/page-problem.tsx";
import { PlantPage } from "./pages/plant-page.tsx";
import { WorkOrderPage } from "./pages/work-order-page.tsx";
import { WorkOrdersPage } from "./pages/work-orders-page.tsx";
import { readWorkOrderFilter } from "./pages/work-order-filter.ts";
import { Shell } from "./panels/shell.tsx";
import { paths } from "./paths.ts";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });
const under = () => root;

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
  createRoute({ getParentRoute: under, path: paths.equipment, component: EquipmentPage }),
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
