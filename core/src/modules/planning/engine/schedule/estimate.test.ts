import fc from "fast-check";
import { expect, test } from "vitest";

import { compile } from "./compile.ts";
import { createCriticalPath, findCriticalPath } from "./critical-path.ts";
import { dispatch } from "./dispatch.ts";
import {
  createSegment,
  estimateBefore,
  estimateBehind,
  leastBefore,
  leastBehind,
} from "./estimate.ts";
import { createGraph, type Graph } from "./graph.ts";
import { loadGraph } from "./moves.ts";
import { anyProblem } from "./problem.arbitrary.ts";
import { createRandom, type Random } from "./random.ts";

const noLimit = 2 ** 30;

test("no estimate is below its lower bound", () => {
  let seen = 0;
  forAnySchedule(300, (graph) => {
    const { operations } = graph.model;
    const segment = createSegment(operations);
    for (let u = 0; u < operations; u += 1) {
      for (let v = graph.machineSucc[u] ?? 0; v < operations; v = graph.machineSucc[v] ?? 0) {
        const behind = estimateBehind(graph, segment, u, v, noLimit);
        const before = estimateBefore(graph, segment, v, u, noLimit);
        expect(leastBehind(graph, u, v)).toBeLessThanOrEqual(behind);
        expect(leastBefore(graph, v, u)).toBeLessThanOrEqual(before);
        seen += 1;
      }
    }
  });
  expect(seen).toBeGreaterThan(1_000);
});

test("without setups it does not fall with the way into the inside of a critical block", () => {
  let seen = 0;
  // Long blocks are rare.
  forAnySchedule(3_000, (graph, random) => {
    if (graph.model.hasSetups) return;
    const path = createCriticalPath(graph.model.operations);
    findCriticalPath(graph, path, graph.model.operations, random);
    for (let b = 0; b < path.blocks; b += 1) {
      const block = [...path.nodes.subarray(path.blockStart[b], path.blockStart[b + 1])];
      const first = block[0] ?? 0;
      const last = block.at(-1) ?? 0;
      const inside = block.slice(1, -1);
      const behind = inside.map((v) => leastBehind(graph, first, v));
      const before = inside.toReversed().map((v) => leastBefore(graph, last, v));
      expect(behind).toEqual(behind.toSorted((a, b) => a - b));
      expect(before).toEqual(before.toSorted((a, b) => a - b));
      if (inside.length > 1) seen += 1;
    }
  });
  expect(seen).toBeGreaterThan(20);
});

/** Any schedule of which moves are estimated: its starts are sums of times. */
function forAnySchedule(numRuns: number, check: (graph: Graph, random: Random) => void) {
  fc.assert(
    fc.property(anyProblem, fc.nat(1000), (problem, seed) => {
      const { model } = compile(problem);
      fc.pre(!model.isPlaced);
      const random = createRandom(seed);
      const graph = createGraph(model);
      const start = dispatch(model, { rule: "random", slack: 1, random });
      loadGraph(graph, start.order, start.choice);
      check(graph, random);
    }),
    { numRuns },
  );
}
