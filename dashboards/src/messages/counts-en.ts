/** Words of pieces that no order could take. */
export const countsEn = {
  unassigned: {
    none: "Every counted piece has its order.",
    explained:
      "Machines counted these pieces while nothing was ordered, or too late. Give them to an operation, or say why they are nobody's.",
    reason: {
      no_operation: "Nothing was ordered",
      order_closed: "The order was closed",
      dismissed: "Dismissed",
    },
    column: { machine: "Machine", time: "Counted", good: "Good", scrap: "Scrap", why: "Why" },
    assign: "Assign",
    assignTitle: "Assign {good} good and {scrap} scrapped pieces of {machine}",
    dismiss: "Dismiss",
    dismissTitle: "Dismiss pieces of {machine}",
    order: "Work order",
    orderHint: "Orders that are released, running, on hold or completed.",
    step: "Step",
    noOrders: "No order can take them now: release one first.",
  },
};
