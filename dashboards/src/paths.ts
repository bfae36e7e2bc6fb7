/** Every page of the app; the router, the navigation and the shortcuts read it. Ids are path segments. */
export const paths = {
  plant: "/",
  machines: "/machines",
  machine: "/machines/$workUnitId",
  workOrders: "/work-orders",
  workOrder: "/work-orders/$workOrderId",
  equipment: "/equipment",
} as const;
