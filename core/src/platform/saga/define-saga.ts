import type { z } from "zod";

import type { Transaction } from "../db/transaction.ts";

/** What a step knows: the saga's input, what the steps before it returned, and its own key. */
export type StepContext<Input> = {
  sagaId: string;
  input: Input;
  /** Of finished steps, by name; JSON. */
  results: Readonly<Record<string, unknown>>;
  /** `<saga id>:<step>`, with `:compensate` when taking back: for whoever is asked outside. */
  key: string;
};

/**
 * One step. It runs in a transaction that also notes that it is done, so its effect in the database
 * happens once however often the process dies. It makes no network call: it emits, and a subscriber
 * or job calls with the step's key. A Refusal from `do` begins the compensation; anything else is
 * tried again.
 */
export type SagaStep<Input> = {
  name: string;
  do: (tx: Transaction, context: StepContext<Input>) => Promise<unknown>;
  /** Takes `do` back; left out when there is nothing to take back. Called in reversed order. */
  compensate?: (tx: Transaction, context: StepContext<Input>) => Promise<void>;
};

export type SagaDefinition<Input> = {
  /** Never changes: `<context>.<purpose>`. Steps keep their order while sagas of the name run. */
  name: string;
  input: z.ZodType<Input>;
  steps: readonly SagaStep<Input>[];
};

/** A saga as the runner takes it, whatever its input. */
export type RegisteredSaga = {
  name: string;
  steps: readonly { name: string }[];
  run: (
    tx: Transaction,
    asked: { step: number; direction: "do" | "compensate"; stored: StoredContext },
  ) => Promise<unknown>;
};
export type StoredContext = Omit<StepContext<unknown>, "key">;

/**
 * Declares a flow across contexts whose steps commit one by one and are taken back in reverse when a
 * later one is refused.
 */
export function defineSaga<Input>(definition: SagaDefinition<Input>) {
  const { name, steps } = definition;
  const registered: RegisteredSaga = {
    name,
    steps: steps.map((step) => ({ name: step.name })),
    run: async (tx, { step: index, direction, stored }) => {
      const step = steps[index];
      const work = step?.[direction];
      if (step === undefined || work === undefined) return null;
      const suffix = direction === "compensate" ? ":compensate" : "";
      return work(tx, {
        ...stored,
        input: definition.input.parse(stored.input),
        key: `${stored.sagaId}:${step.name}${suffix}`,
      });
    },
  };
  return { ...definition, registered };
}
export type Saga<Input> = ReturnType<typeof defineSaga<Input>>;
