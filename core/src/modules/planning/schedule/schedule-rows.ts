/** What was read, with ids; times in milliseconds and minutes as their fields say. */
export type ScheduleRows = {
  /** By order and step. */
  operations: readonly {
    workOrderId: string;
    number: string;
    itemId: string;
    itemNumber: string;
    step: number;
    name: string;
    workCenterId: string;
    state: string;
    /** Pieces still to be made here. */
    left: number;
    runMsPerUnit: number;
    setupMs: number;
    dueTime: Date | null;
    workOrderState: string;
    transferQuantity: number | null;
    setupFamilyId: string | null;
  }[];
  alternatives: readonly {
    itemId: string;
    step: number;
    workCenterId: string;
    runMsPerUnit: number;
    setupMs: number;
  }[];
  capabilities: readonly {
    itemId: string;
    step: number;
    capabilityId: string;
    name: string;
    capacity: number;
  }[];
  workCenters: readonly { workCenterId: string; name: string; calendarId: string | null }[];
  /** Ascending per calendar. */
  workingTime: readonly { calendarId: string; starts: Date; ends: Date }[];
  /** Work center null: every one without an entry of its own. */
  setups: readonly { workCenterId: string | null; fromId: string; toId: string; minutes: number }[];
  /** Last arrival of what an order waits for. */
  material: readonly { workOrderId: string; itemNumber: string; arrives: Date }[];
  previous: readonly { workOrderId: string; step: number; workCenterId: string; starts: Date }[];
};
