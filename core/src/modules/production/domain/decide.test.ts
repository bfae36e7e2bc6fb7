import {
  Refusal,
  type WorkOrderCommand,
  workOrderCommands,
  type WorkOrderState,
  workOrderStates,
} from "@millwright/contracts/states";
import {
  Decimal,
  iso8601Schema,
  itemIdSchema,
  toQuantity,
  workCenterIdSchema,
  workOrderIdSchema,
  workUnitIdSchema,
} from "@millwright/contracts/units";
import { describe, expect, test } from "vitest";

import { type Command, decide, reasonAgainst } from "./decide.ts";
import { fold, type WorkOrder, type WorkOrderEvent } from "./work-order.ts";

const at = iso8601Schema.parse("2026-11-20T10:00:00.000Z");
const machine = workUnitIdSchema.parse("0190b4a0-0000-7000-8000-0000000000aa");
const workOrderId = workOrderIdSchema.parse("0190b4a0-0000-7000-8000-000000000001");

/** What a person asks, as the route hands it on. */
const asked: Record<WorkOrderCommand, Command> = {
  firm: { kind: "firm" },
  release: { kind: "release" },
  hold: { kind: "hold", reason: "no material", at },
  resume: { kind: "resume", at },
  complete: { kind: "complete", at },
  cancel: { kind: "cancel", reason: "customer left" },
  close: { kind: "close" },
};

/** How a real order gets into each state. */
const wayTo: Record<WorkOrderState, Command[]> = {
  draft: [],
  firmed: [asked.firm],
  released: [asked.firm, asked.release],
  in_progress: [asked.firm, asked.release, made(10, 1)],
  on_hold: [asked.firm, asked.release, made(10, 1), asked.hold],
  completed: [asked.firm, asked.release, made(10, 1), asked.complete],
  closed: [asked.firm, asked.release, made(10, 1), asked.complete, asked.close],
  cancelled: [asked.cancel],
};

describe("every command in every state", () => {
  for (const state of workOrderStates) {
    for (const command of Object.keys(workOrderCommands) as WorkOrderCommand[]) {
      const isAllowed = workOrderCommands[command].some((from) => from === state);
      test(`${command} of a ${state} order is ${isAllowed ? "done" : "refused"}`, () => {
        const order = play(wayTo[state]);
        if (isAllowed) {
          expect(decide(order, asked[command]).state.state).not.toBe(state);
          expect(reasonAgainst(order, command)).toBeNull();
          return;
        }
        const refusal = refusalOf(() => decide(order, asked[command]));
        expect(refusal).toMatchObject({
          code: "work_order.transition_refused",
          current: state,
          asked: command,
        });
        expect(refusal.allowed).not.toContain(command);
        expect(reasonAgainst(order, command)).toContain(state);
      });
    }
  }
});

describe("pieces", () => {
  test("the first piece starts order and operation, and readies the next operation", () => {
    const { state, events } = decide(play(wayTo.released), made(10, 1));
    expect(events.map((event) => event.type)).toEqual([
      "work_order.started",
      "operation.started",
      "operation.progress_reported",
      "operation.readied",
    ]);
    expect(states(state)).toEqual(["running", "ready"]);
  });

  test("scrap alone does not ready the next operation", () => {
    expect(states(play([...wayTo.released, made(10, 0, 1)]))).toEqual(["running", "waiting"]);
  });

  test("an operation is done at the quantity, the last one completes the order", () => {
    const order = play([...wayTo.released, made(10, 10), made(20, 10)]);
    expect(states(order)).toEqual(["done", "done"]);
    expect(order.state).toBe("completed");
  });

  test("scrap upstream lowers what downstream waits for", () => {
    const almost = [...wayTo.released, made(10, 10), made(20, 7, 2)];
    expect(states(play(almost))).toEqual(["done", "running"]);
    const order = play([...almost, made(20, 0, 1)]);
    expect(order.state).toBe("completed");
    expect(order.operations.at(-1)).toMatchObject({ good: new Decimal(7), scrap: new Decimal(3) });
  });

  test("downstream that worked everything off is done when upstream is", () => {
    const order = play([...wayTo.released, made(10, 9), made(20, 8, 2), made(10, 1)]);
    expect(order.state).toBe("completed");
  });

  test("pieces after done stay with the operation", () => {
    const order = play([...wayTo.released, made(10, 10), made(10, 3)]);
    expect(order.operations[0]).toMatchObject({ state: "done", good: new Decimal(13) });
  });

  test("what a machine makes on hold is counted, and draws its consequences on resume", () => {
    const held = play([...wayTo.on_hold, made(10, 9)]);
    expect(states(held)).toEqual(["paused", "ready"]);
    expect(states(decide(held, asked.resume).state)).toEqual(["done", "ready"]);
  });

  test("a paused operation goes on with its next piece", () => {
    const order = play([...wayTo.on_hold, asked.resume]);
    expect(states(order)).toEqual(["paused", "ready"]);
    expect(states(decide(order, made(10, 1)).state)).toEqual(["running", "ready"]);
  });

  test("a person cannot report on hold, after done, before ready, or nothing", () => {
    const cases: [Command[], Command, string][] = [
      [wayTo.on_hold, reported(10, 1), "operation.not_open"],
      [[...wayTo.released, made(10, 10)], reported(10, 1), "operation.not_open"],
      [wayTo.released, reported(20, 1), "operation.not_open"],
      [wayTo.released, reported(10, 0), "operation.nothing_reported"],
      [wayTo.released, reported(10, -1), "operation.nothing_reported"],
      [wayTo.released, reported(30, 1), "operation.unknown"],
    ];
    for (const [way, command, code] of cases) {
      expect(refusalOf(() => decide(play(way), command)).code).toBe(code);
    }
  });

  test("a completed order takes corrections, a closed one none", () => {
    const correction: Command = { ...made(20, 2), kind: "correct", reason: "late" };
    expect(decide(play(wayTo.completed), correction).events).toHaveLength(1);
    expect(refusalOf(() => decide(play(wayTo.closed), correction)).code).toBe("operation.not_open");
  });

  test("completing by hand skips what never began", () => {
    expect(states(play(wayTo.completed))).toEqual(["done", "skipped"]);
  });
});

test("a decision's state is the fold of its events", () => {
  const events = [drafted()];
  let order = play([]);
  for (const command of [...wayTo.released, made(10, 10), asked.hold, asked.resume, made(20, 10)]) {
    const decision = decide(order, command);
    order = decision.state;
    events.push(...decision.events);
  }
  expect(order).toEqual(fold(events));
  expect(order.version).toBe(events.length);
});

function made(step: number, good: number, scrap = 0): Extract<Command, { kind: "report" }> {
  const pieces = { good: new Decimal(good), scrap: new Decimal(scrap) };
  return { kind: "report", step, workUnitId: machine, at, ...pieces };
}

function reported(step: number, good: number): Command {
  return { ...made(step, good), workUnitId: null };
}

function play(commands: readonly Command[]): WorkOrder {
  const draft = fold([drafted()]);
  if (draft === null) throw new Error("no draft");
  return commands.reduce((order, command) => decide(order, command).state, draft);
}

function drafted(): WorkOrderEvent {
  return {
    type: "work_order.drafted",
    payload: {
      workOrderId,
      number: "WO-000001",
      itemId: itemIdSchema.parse("0190b4a0-0000-7000-8000-000000000002"),
      quantity: toQuantity(10),
      dueDate: null,
      operations: [routingStep(10), routingStep(20)],
    },
  };
}

function routingStep(step: number) {
  return {
    step,
    name: `step ${step}`,
    workCenterId: workCenterIdSchema.parse(`0190b4a0-0000-7000-8000-0000000000${step}`),
    runMsPerUnit: 1000,
    setupMs: 0,
  };
}

function states(order: WorkOrder): string[] {
  return order.operations.map((operation) => operation.state);
}

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("was not refused");
}
