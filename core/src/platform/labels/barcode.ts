import bwip from "bwip-js/generic";

import { Refusal } from "../errors.ts";
import type { LabelCode, Symbology } from "./label.ts";

/** A code as dark rectangles on a grid of modules, the quiet zone left out; `height` is 1 for bars. */
export type Barcode = {
  readonly width: number;
  readonly height: number;
  readonly dark: readonly Run[];
};

const encoders = {
  code128: "code128",
  qr: "qrcode",
  gs1_datamatrix: "gs1datamatrix",
} as const satisfies Record<Symbology, string>;

/**
 * Encodes a text (ISO/IEC 15417, 18004, 16022 with the GS1 General Specifications).
 * @throws Refusal label.not_encodable naming what the symbology cannot carry
 */
export function encodeBarcode({ symbology, text }: LabelCode): Barcode {
  // Bytes above 127 would come out of most scanners as other letters.
  if (symbology === "code128" && !/^[\x20-\x7e]*$/.test(text)) {
    throw refusal({ symbology, text }, "it has letters beyond ASCII");
  }
  let encoded: unknown;
  try {
    // The named export `raw` is a symbology of that name, not this.
    [encoded] = bwip.raw({ bcid: encoders[symbology], text });
  } catch (error) {
    const why = whyNot(error);
    if (why === null) throw error;
    throw refusal({ symbology, text }, why);
  }
  if (isMatrix(encoded)) return matrixOf(encoded);
  if (isBars(encoded)) return barsOf(encoded);
  throw new Error(`the encoder answered neither bars nor a matrix for ${symbology}`);
}

function refusal({ symbology, text }: LabelCode, why: string): Refusal {
  return new Refusal(
    "label.not_encodable",
    `${text} cannot be printed as ${symbology}: ${why}. Choose QR, or shorten the text.`,
    { kind: "invalid" },
  );
}

/** What the encoder says of a text it refuses (`bwipp.<code>: <sentence>`); null for anything else. */
function whyNot(error: unknown): string | null {
  const message = error instanceof Error ? error.message : String(error);
  return (
    /^bwipp\.[^:]+(?::\s*(.*))?$/s.exec(message)?.[1] ??
    (message.startsWith("bwipp.") ? message : null)
  );
}

type Run = { x: number; y: number; width: number; height: number };

function matrixOf({ pixs, pixx, pixy }: { pixs: number[]; pixx: number; pixy: number }): Barcode {
  const dark: Run[] = [];
  for (let y = 0; y < pixy; y += 1) {
    for (let x = 0; x < pixx; x += 1) {
      if (pixs[y * pixx + x] !== 1) continue;
      const before = dark.at(-1);
      // One rectangle per run: a page of labels is a tenth of the size.
      if (before !== undefined && before.y === y && before.x + before.width === x)
        before.width += 1;
      else dark.push({ x, y, width: 1, height: 1 });
    }
  }
  return { width: pixx, height: pixy, dark };
}

function barsOf({ sbs }: { sbs: number[] }): Barcode {
  const dark: Run[] = [];
  let x = 0;
  for (const [index, width] of sbs.entries()) {
    // Bars and spaces alternate, a bar first.
    if (index % 2 === 0) dark.push({ x, y: 0, width, height: 1 });
    x += width;
  }
  return { width: x, height: 1, dark };
}

function isMatrix(value: unknown): value is { pixs: number[]; pixx: number; pixy: number } {
  return typeof value === "object" && value !== null && "pixs" in value && "pixx" in value;
}

function isBars(value: unknown): value is { sbs: number[] } {
  return typeof value === "object" && value !== null && "sbs" in value;
}
