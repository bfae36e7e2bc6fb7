import type { countsEn } from "./counts-en.ts";
import type { Words } from "./en.ts";

/** 未归属件数页面的用语。 */
export const countsZhCn: Words<typeof countsEn> = {
  unassigned: {
    none: "所有计数件都已归属工单。",
    explained:
      "设备在没有工单时或工单关闭后计到了这些件。请将其归入某道工序，或说明它们不属于任何工单。",
    reason: {
      no_operation: "当时没有工单",
      order_closed: "工单已关闭",
      dismissed: "已排除",
    },
    column: { machine: "设备", time: "计数时间", good: "合格", scrap: "报废", why: "原因" },
    assign: "归入工单",
    assignTitle: "将 {machine} 的 {good} 件合格品和 {scrap} 件报废品归入工单",
    dismiss: "排除",
    dismissTitle: "排除 {machine} 的计数件",
    order: "工单",
    orderHint: "已下达、进行中、暂停或已完成的工单。",
    step: "工序",
    noOrders: "目前没有可归入的工单：请先下达一张。",
  },
};
