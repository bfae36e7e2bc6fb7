import { bracketLine } from "../machines/bracket-line.ts";

/** A station of a routing by the name of its work center. */
export type Step = {
  step: number;
  name: string;
  workCenter: string;
  cycleMs: number;
  setupMs: number;
};

export type Product = { number: string; name: string; steps: Step[] };

/** Bushings are pressed in by hand: no counter, a person reports. */
export const bench = { areaName: "Finishing", name: "Fitting bench", cycleMs: 9_000 } as const;

/** The variants of the bracket. Light ones go over the first mill, heavy ones over the second. */
export const products: Product[] = [
  { number: "BR-100", name: "Angle bracket 100", steps: routing("mill1", false) },
  { number: "BR-120", name: "Angle bracket 120 with bushing", steps: routing("mill1", true) },
  { number: "BR-200", name: "Heavy bracket 200", steps: routing("mill2", false) },
  { number: "BR-220", name: "Heavy bracket 220 with bushing", steps: routing("mill2", true) },
];

function routing(mill: "mill1" | "mill2", hasBushing: boolean): Step[] {
  return [
    machineStep(10, "Saw to length", "saw", "Saw"),
    machineStep(20, "Mill", mill, mill === "mill1" ? "Mill 1" : "Mill 2"),
    machineStep(30, "Deburr", "deburr", "Deburr"),
    machineStep(40, "Wash", "wash", "Wash"),
    machineStep(50, "Assemble", "assembly", "Assembly"),
    ...(hasBushing
      ? [
          {
            step: 55,
            name: "Press bushing",
            workCenter: bench.name,
            cycleMs: bench.cycleMs,
            setupMs: 0,
          },
        ]
      : []),
    machineStep(60, "Pack", "pack", "Pack"),
  ];
}

function machineStep(step: number, name: string, machineId: string, workCenter: string): Step {
  const spec = bracketLine.find(({ id }) => id === machineId);
  if (!spec) throw new Error(`the bracket line has no machine ${machineId}`);
  return { step, name, workCenter, cycleMs: spec.cycleMs, setupMs: spec.setupMs };
}
