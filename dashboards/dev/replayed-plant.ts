// Over 600 lines because it is one table of cases: every state a screen must show, side by side.
import {
  type MachineState,
  type WorkOrderState,
  isCommandAllowed,
  workOrderCommands,
} from "@millwright/contracts/states";

/** The plant of plant-replay.ts: a bracket line with the states a screen has to cope with. */
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export class ReplayRefusal extends Error {
  readonly problem: {
    status: number;
    title: string;
    code: string;
    detail: string;
    current?: string;
    asked?: string;
    allowed?: string[];
  };

  constructor(problem: ReplayRefusal["problem"]) {
    super(problem.detail);
    this.problem = problem;
  }
}

type Center = {
  name: string;
  area: string;
  state: MachineState;
  sinceMs: number;
  order: number | null;
  good: number;
  scrap: number;
  effectiveness: number;
  isManual?: boolean;
  gauge?: { role: "level" | "weight"; unit: string; value: number };
};

const centers: Center[] = [
  {
    name: "Saw",
    area: "Cutting",
    state: "producing",
    sinceMs: 12 * minuteMs,
    order: 0,
    good: 1_412,
    scrap: 9,
    effectiveness: 0.93,
  },
  {
    name: "Mill 1",
    area: "Machining",
    state: "producing",
    sinceMs: 41 * minuteMs,
    order: 1,
    good: 618,
    scrap: 11,
    effectiveness: 0.97,
  },
  {
    name: "Mill 2",
    area: "Machining",
    state: "down",
    sinceMs: 7 * minuteMs,
    order: 2,
    good: 402,
    scrap: 14,
    effectiveness: 0.88,
  },
  {
    name: "Deburr",
    area: "Finishing",
    state: "idle",
    sinceMs: 95_000,
    order: 3,
    good: 990,
    scrap: 4,
    effectiveness: 1.18,
  },
  {
    name: "Wash",
    area: "Finishing",
    state: "setup",
    sinceMs: 4 * minuteMs,
    order: null,
    good: 940,
    scrap: 1,
    effectiveness: 0.9,
  },
  {
    name: "Assembly",
    area: "Assembly",
    state: "planned_stop",
    sinceMs: 22 * minuteMs,
    order: 4,
    good: 871,
    scrap: 8,
    effectiveness: 0.91,
  },
  {
    name: "Pack",
    area: "Assembly",
    state: "no_data",
    sinceMs: 3 * hourMs,
    order: null,
    good: 120,
    scrap: 0,
    effectiveness: 0.8,
  },
  {
    name: "Final inspection",
    area: "Assembly",
    state: "no_data",
    sinceMs: 0,
    order: 5,
    good: 0,
    scrap: 0,
    effectiveness: 0,
    isManual: true,
  },
  {
    name: "Granulate silo",
    area: "Stores",
    state: "no_data",
    sinceMs: 0,
    order: null,
    good: 0,
    scrap: 0,
    effectiveness: 0,
    gauge: { role: "level", unit: "%", value: 63.4 },
  },
  {
    name: "Floor scale",
    area: "Stores",
    state: "no_data",
    sinceMs: 0,
    order: null,
    good: 0,
    scrap: 0,
    effectiveness: 0,
    gauge: { role: "weight", unit: "kg", value: 412.5 },
  },
];

const steps = ["Saw", "Mill", "Deburr", "Wash", "Assemble", "Pack"];

export class ReplayedPlant {
  readonly #startTime = Date.now();
  readonly #isEmpty: boolean;
  readonly #orders: Order[];
  #position = 1_000;

  constructor({ isEmpty }: { isEmpty: boolean }) {
    this.#isEmpty = isEmpty;
    this.#orders = isEmpty ? [] : orderStates.map((state, index) => newOrder(index, state));
  }

  plant() {
    const dayFrom = Date.now() - 6.4 * hourMs;
    return {
      siteName: "Main plant",
      timeZone: "Europe/Berlin",
      productionDay: { from: iso(dayFrom), to: iso(dayFrom + 24 * hourMs) },
      asOf: iso(Date.now()),
      tiles: this.#isEmpty ? [] : centers.map((_, index) => this.#tile(index)),
    };
  }

  equipment() {
    const areas = Map.groupBy(this.#isEmpty ? [] : centers.entries(), ([, center]) => center.area);
    return {
      siteId: id(9, 0),
      siteName: "Main plant",
      timeZone: "Europe/Berlin",
      areas: [...areas].map(([name, members], index) => ({
        areaId: id(8, index),
        name,
        workCenters: members.map(([at, center]) => ({
          workCenterId: id(1, at),
          name: center.name,
          workUnits: center.isManual === true ? [] : [{ workUnitId: id(2, at), name: center.name }],
        })),
      })),
    };
  }

  edgeNodes() {
    if (this.#isEmpty) return [];
    return [
      {
        groupId: "plant",
        edgeNodeId: "gateway-1",
        isOnline: true,
        since: iso(this.#startTime - 26 * hourMs),
      },
      {
        groupId: "plant",
        edgeNodeId: "gateway-2",
        isOnline: false,
        since: iso(this.#startTime - 3 * hourMs),
      },
      { groupId: "plant", edgeNodeId: "paint-shop", isOnline: false, since: null },
    ];
  }

  metrics() {
    return this.#isEmpty ? [] : centers.flatMap((_, index) => this.#metricsOf(index));
  }

  machine(workUnitId: string) {
    const index = this.#centerOf(workUnitId);
    return {
      workUnitId,
      name: centers[index]?.name ?? "",
      tile: this.#tile(index),
      metrics: this.#metricsOf(index),
    };
  }

  states(workUnitId: string, { from, to }: { from: number; to: number }) {
    const center = centers[this.#centerOf(workUnitId)];
    const now = Date.now();
    const cycle: MachineState[] = [
      "producing",
      "idle",
      "producing",
      "setup",
      "producing",
      "down",
      "producing",
      "planned_stop",
      "no_data",
    ];
    const intervals: { state: MachineState; from: string; to: string | null }[] = [];
    let time = from;
    for (let index = 0; time < Math.min(to, now) && index < 500; index += 1) {
      const state = cycle[index % cycle.length] ?? "idle";
      const end = time + (state === "producing" ? 31 : 4 + ((index * 7) % 9)) * minuteMs;
      const last = end >= now;
      intervals.push({
        state: last ? (center?.state ?? state) : state,
        from: iso(time),
        to: last ? null : iso(end),
      });
      time = end;
    }
    return intervals;
  }

  trends(workUnitId: string, metricIds: string[], { from, to }: { from: number; to: number }) {
    const metrics = this.#metricsOf(this.#centerOf(workUnitId));
    const step = (to - from) / 600;
    const times = Array.from({ length: 600 }, (_, index) => Math.round(from + index * step)).filter(
      (time) => time < Date.now(),
    );
    return metrics
      .filter((metric) => metricIds.includes(metric.metricId))
      .map(({ metricId, name, unit }, series) => ({
        metricId,
        name,
        unit,
        times,
        values: times.map((time, index) => (index % 240 > 200 ? null : wave(time, series))),
      }));
  }

  machineEvents(workUnitId: string) {
    const states: MachineState[] = [
      "producing",
      "down",
      "producing",
      "idle",
      "producing",
      "no_data",
    ];
    return states.flatMap((state, index) => {
      const time = Date.now() - (index * 23 + 2) * minuteMs;
      const counts = [0, 1, 2].map((back) =>
        this.#event("machine.count_observed", time + minuteMs - back * 1_000, {
          bindingId: id(3, 0),
          workUnitId,
          role: "count.good",
          from: String(1_400 - index * 10 - back),
          to: String(1_401 - index * 10 - back),
          delta: "1",
          reset: false,
          sourceFrom: iso(time),
          sourceTo: iso(time + minuteMs - back * 1_000),
        }),
      );
      const observed = this.#event("machine.state_observed", time, {
        workUnitId,
        state,
        sourceTime: iso(time),
        cause: state === "no_data" ? "silence" : "metric",
      });
      return [...counts, observed];
    });
  }

  items() {
    return this.#isEmpty ? [] : [item(0), item(1)];
  }

  orders(state: string | null, search: string) {
    return this.#orders
      .filter((order) => state === null || order.state === state)
      .filter((order) =>
        `${order.number} ${order.itemName}`.toLowerCase().includes(search.toLowerCase()),
      )
      .map((order) => this.#full(order));
  }

  order(workOrderId: string) {
    return this.#full(this.#orderOf(workOrderId));
  }

  draft(body: unknown) {
    const asked = body as { quantity: string; dueDate: string | null };
    const order = {
      ...newOrder(this.#orders.length, "draft"),
      quantity: asked.quantity,
      dueDate: asked.dueDate,
    };
    this.#orders.unshift(order);
    return this.#full(order);
  }

  command(workOrderId: string, command: string) {
    const order = this.#orderOf(workOrderId);
    const next = {
      firm: "firmed",
      release: "released",
      hold: "on_hold",
      resume: "in_progress",
      complete: "completed",
      cancel: "cancelled",
      close: "closed",
    }[command];
    // Close is refused although the button allows it, so that a refusal can be looked at.
    if (command === "close" || next === undefined) {
      throw new ReplayRefusal({
        status: 409,
        title: "Refused",
        code: "work_order.not_settled",
        detail: `Work order ${order.number} cannot be closed: its costs are not settled. Settle them first.`,
        current: order.state,
        asked: "closed",
        allowed: [],
      });
    }
    order.state = next as WorkOrderState;
    order.version += 1;
    return this.#full(order);
  }

  orderEvents(workOrderId: string) {
    const reports = [3, 2, 1].map((minutes) =>
      this.#event("operation.progress_reported", at(10 - minutes), {
        workOrderId,
        step: 20,
        good: "4",
        scrap: "0",
        sourceTime: iso(at(10 - minutes)),
      }),
    );
    return [
      ...reports.reverse(),
      this.#event("operation.started", at(60), { workOrderId, step: 20, sourceTime: iso(at(60)) }),
      this.#event(
        "work_order.held",
        at(90),
        { workOrderId, reason: "Waiting for material inspection" },
        "person",
      ),
      this.#event("work_order.released", at(240), { workOrderId }, "person"),
      this.#event(
        "work_order.drafted",
        at(300),
        { workOrderId, number: "WO-000103", quantity: "2500" },
        "person",
      ),
    ];
  }

  register(body: unknown) {
    const { edgeNodeId } = body as { edgeNodeId: string };
    return {
      groupId: "plant",
      edgeNodeId,
      username: `plant/${edgeNodeId}`,
      token: "u7Qm2dF0kXw9r8yTn4Zb1LhJcVsEaGpK",
    };
  }

  /** What a second of this plant sends: the readings of one machine, its tile, and its order. */
  liveMessages() {
    if (this.#isEmpty) return [];
    const order = this.#orders.find((one) => one.state === "in_progress");
    if (order !== undefined) {
      order.good += 1;
      order.version += 1;
    }
    return [
      ...[0, 1].flatMap((index) => [
        { kind: "tile", tile: this.#tile(index) },
        {
          kind: "values",
          workUnitId: id(2, index),
          values: this.#metricsOf(index).map(({ metricId }, series) => ({
            metricId,
            time: Date.now(),
            value: wave(Date.now(), series),
            quality: "good",
          })),
        },
      ]),
      ...(order === undefined ? [] : [{ kind: "work_order", workOrder: this.#full(order) }]),
    ];
  }

  #tile(index: number) {
    const center = centers[index];
    if (center === undefined) throw new Error(`no center ${index}`);
    const isMachine = center.gauge === undefined && center.isManual !== true;
    const order = center.order === null ? undefined : this.#orders[center.order];
    const isSilent = center.state === "no_data" && isMachine;
    return {
      workCenterId: id(1, index),
      workCenterName: center.name,
      areaName: center.area,
      workUnitId: center.isManual === true ? null : id(2, index),
      state: center.state,
      stateSince: center.sinceMs === 0 ? null : iso(this.#startTime - center.sinceMs),
      current:
        order === undefined
          ? null
          : {
              workOrderId: order.workOrderId,
              workOrderNumber: order.number,
              step: 10 * (index + 1),
              operationName: steps[index % steps.length] ?? "",
              itemNumber: order.itemNumber,
              itemName: order.itemName,
              uom: "pc",
              quantity: order.quantity,
              good: String(order.good),
              scrap: String(order.scrap),
            },
      todayGood: String(center.good),
      todayScrap: String(center.scrap),
      oee: !isMachine
        ? null
        : {
            availability: isSilent ? { low: 0.41, high: 0.88 } : exact(0.84),
            effectiveness: exact(center.effectiveness),
            quality: center.state === "setup" ? null : exact(0.988),
            oee:
              center.state === "setup"
                ? null
                : isSilent
                  ? { low: 0.33, high: 0.7 }
                  : exact(0.84 * center.effectiveness * 0.988),
            plannedBusyMs: 6 * hourMs,
            stateMs: { producing: 5 * hourMs, idle: hourMs },
            unplanned: { runningMs: 0, good: "0", scrap: "0" },
            timeModelVersion: 2,
          },
      dataTime:
        center.isManual === true
          ? null
          : iso(isSilent ? this.#startTime - 3 * hourMs : Date.now() - index * 900),
      gauges:
        center.gauge === undefined
          ? []
          : [
              {
                metricId: String(index * 10),
                name: center.gauge.role,
                role: center.gauge.role,
                value: center.gauge.value,
                unit: center.gauge.unit,
                sourceTime: iso(Date.now() - 4_000),
              },
            ],
    };
  }

  #metricsOf(index: number) {
    const center = centers[index];
    if (center === undefined || center.isManual === true) return [];
    const metric = (
      nth: number,
      name: string,
      unit: string,
      role: string | null,
      value: number | string,
      isNumeric = true,
    ) => ({
      metricId: String(index * 10 + nth),
      groupId: "plant",
      edgeNodeId: index < 4 ? "gateway-1" : "gateway-2",
      deviceId: center.name.toLowerCase().replaceAll(" ", "-"),
      name,
      unit,
      role,
      value,
      quality: center.name === "Pack" ? "stale" : "good",
      sourceTime: iso(Date.now() - (center.name === "Pack" ? 3 * hourMs : 2_000)),
      isNumeric,
    });
    if (center.gauge !== undefined)
      return [
        metric(0, center.gauge.role, center.gauge.unit, center.gauge.role, center.gauge.value),
      ];
    return [
      metric(0, "spindleLoad", "%", "process", 61.25),
      metric(1, "vibration", "mm/s", "process", 2.613),
      metric(2, "count/good", "pcs", "count.good", 120_391),
      metric(3, "state", "", "state", 2),
      metric(4, "energy", "kWh", "energy.total", 48_211.7),
      metric(5, "coolant/pressure", "bar", null, 5.82),
    ];
  }

  #full(order: Order) {
    const state = order.state;
    const commands = Object.keys(workOrderCommands).map((name) => {
      const command = name as keyof typeof workOrderCommands;
      const isAllowed = isCommandAllowed(command, state);
      const reason = isAllowed
        ? null
        : `Work order ${order.number} is ${state}; ${command} is possible when it is ${workOrderCommands[command].join(" or ")}.`;
      return [command, { isAllowed, reason }];
    });
    return {
      ...order,
      good: String(order.good),
      scrap: String(order.scrap),
      currentStep: state === "in_progress" ? 20 : null,
      currentOperationName: state === "in_progress" ? "Mill" : null,
      operations: steps.map((name, index) => ({
        step: (index + 1) * 10,
        name,
        workCenterId: id(1, index),
        workCenterName: centers[index]?.name ?? "",
        workUnitId: index < 2 ? id(2, index) : null,
        state: index === 0 ? "done" : index === 1 ? "running" : "waiting",
        good: String(index === 0 ? order.quantity : index === 1 ? order.good : 0),
        scrap: index === 1 ? String(order.scrap) : "0",
        runMsPerUnit: 19_000 + index * 500,
        setupMs: 90_000,
        startedTime: index < 2 ? iso(this.#startTime - hourMs) : null,
        doneTime: index === 0 ? iso(this.#startTime) : null,
      })),
      commands: Object.fromEntries(commands),
    };
  }

  #event(type: string, time: number, payload: Record<string, unknown>, kind = "machine") {
    this.#position += 1;
    const actor = { kind, id: kind === "machine" ? "plant/gateway-1/mill1" : "planner" };
    return { position: String(this.#position), type, recordedTime: iso(time), actor, payload };
  }

  #centerOf(workUnitId: string): number {
    const index = centers.findIndex((_, at) => id(2, at) === workUnitId);
    if (index === -1 || this.#isEmpty) throw absent(`There is no work unit ${workUnitId}.`);
    return index;
  }

  #orderOf(workOrderId: string): Order {
    const order = this.#orders.find((one) => one.workOrderId === workOrderId);
    if (order === undefined) throw absent(`There is no work order ${workOrderId}.`);
    return order;
  }
}

type Order = ReturnType<typeof newOrder>;
const orderStates: WorkOrderState[] = [
  "in_progress",
  "in_progress",
  "in_progress",
  "in_progress",
  "on_hold",
  "released",
  "firmed",
  "draft",
  "completed",
  "closed",
  "cancelled",
];

function newOrder(index: number, state: WorkOrderState) {
  const isMade = state === "completed" || state === "closed";
  return {
    workOrderId: id(4, index),
    number: `WO-${String(100 + index).padStart(6, "0")}`,
    itemId: id(5, index % 2),
    itemNumber: item(index).number,
    itemName: item(index).name,
    uom: "pc",
    quantity: "2500",
    good: isMade ? 2_500 : (index * 631 + 400) % 2_300,
    scrap: index * 7,
    state,
    dueDate: index === 3 ? null : iso(Date.now() + (index - 1) * 20 * hourMs),
    version: 1,
  };
}

function item(index: number) {
  return {
    itemId: id(5, index % 2),
    number: index % 2 === 0 ? "BR-200" : "BR-310-L",
    name:
      index % 2 === 0 ? "Bracket, galvanised" : "Bracket, long, with reinforcing rib and two bores",
    kind: "make",
    uom: "pc",
    operations: steps.map((name, at) => ({
      step: (at + 1) * 10,
      name,
      workCenterId: id(1, at),
      runMsPerUnit: 19_000,
      setupMs: 0,
    })),
  };
}

function absent(detail: string): ReplayRefusal {
  return new ReplayRefusal({ status: 404, title: "Not found", code: "absent", detail });
}

/** A valid uuid that says what it is and which. */
function id(kind: number, index: number): string {
  return `0190000${kind}-0000-7000-8000-${String(index).padStart(12, "0")}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function wave(time: number, series: number): number {
  return (
    50 +
    series * 12 +
    18 * Math.sin(time / 600_000 + series) +
    3 * Math.sin(time / 7_000) +
    (time % 977) / 300
  );
}

function at(minutesAgo: number): number {
  return Date.now() - minutesAgo * minuteMs;
}

function exact(value: number) {
  return { low: value, high: value };
}
