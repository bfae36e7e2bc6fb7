import fc from "fast-check";
import { expect, test } from "vitest";

import { compile } from "./compile.ts";
import { dispatch } from "./dispatch.ts";
import { createGraph } from "./graph.ts";
import { loadGraph, moveBehind } from "./moves.ts";
import { anyProblem } from "./problem.arbitrary.ts";
import { createRandom } from "./random.ts";

test.each([true, false])(
  "the update after any move (swept: %s) equals a full one",
  (isSwept) => {
    fc.assert(
      fc.property(anyProblem, fc.nat(1000), (problem, seed) => {
        const { model } = compile(problem);
        fc.pre(model.operations > 1);
        const random = createRandom(seed);
        const graph = createGraph(model);
        graph.isSwept = isSwept;
        const start = dispatch(model, { rule: "random", slack: 1, random });
        loadGraph(graph, start.order, start.choice);
        for (let move = 0; move < 30; move += 1) {
          const u = random.below(model.operations);
          const rows = (model.choiceStart[u + 1] ?? 0) - (model.choiceStart[u] ?? 0);
          const row = (model.choiceStart[u] ?? 0) + random.below(rows);
          const x = placeOn(model.choiceMachine[row] ?? 0, u);
          const before = figures();
          if (!moveBehind(graph, u, row, x)) expect(figures()).toEqual(before);
          const after = figures();
          const fresh = createGraph(model);
          loadGraph(fresh, graph.order, graph.choice);
          expect(after).toEqual(figures(fresh));
        }

        function placeOn(machine: number, u: number): number {
          const places = [model.operations + 1 + machine];
          for (let i = 0; i < model.operations; i += 1)
            if (i !== u && graph.machine[i] === machine) places.push(i);
          return places[random.below(places.length)] ?? 0;
        }

        function figures(of = graph) {
          const n = model.operations;
          return {
            head: [...of.head.subarray(0, n)],
            tail: [...of.tail.subarray(0, n)],
            pred: [...of.machinePred.subarray(0, n)],
            makespan: of.makespan,
            setup: of.setup,
            change: of.change,
          };
        }
      }),
      { numRuns: 100 },
    );
  },
  20_000,
);
