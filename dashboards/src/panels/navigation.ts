import { paths } from "../paths.ts";
import type { IconName } from "../ui/icon.tsx";

/**
 * Pages by the people who work with them. A role whose pages do not exist yet (storekeeper, buyer,
 * accountant) has no group: it comes with its first page, never as a dead link.
 */
export const navigation = [
  {
    group: "shopFloor",
    pages: [
      { name: "plant", path: paths.plant, icon: "plant", shortcut: "g p" },
      { name: "machines", path: paths.machines, icon: "machines", shortcut: "g m" },
    ],
  },
  {
    group: "planning",
    pages: [{ name: "workOrders", path: paths.workOrders, icon: "orders", shortcut: "g w" }],
  },
  {
    group: "setUp",
    pages: [{ name: "equipment", path: paths.equipment, icon: "equipment", shortcut: "g e" }],
  },
] as const satisfies readonly {
  group: string;
  pages: readonly { name: string; path: string; icon: IconName; shortcut: string }[];
}[];
