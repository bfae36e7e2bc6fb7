import { PDFDocument } from "@cantoo/pdf-lib";
import { describe, expect, test } from "vitest";

import { encodeBarcode } from "./barcode.ts";
import type { Label } from "./label.ts";
import { labelsToPdf } from "./pdf.ts";
import { labelsToZpl } from "./zpl.ts";

const size = { width: 70, height: 35 };
const bin: Label = {
  title: "A-01",
  lines: ["Zone A", "Material"],
  code: { symbology: "code128", text: "A-01" },
};
const lot: Label = {
  title: "BR-100",
  lines: ["Angle bracket 100", "Lot 2611-A", "支架"],
  code: { symbology: "gs1_datamatrix", text: "(01)09521234543213(10)2611-A(17)271231" },
};

describe("a code", () => {
  // ISO/IEC 15417: a symbol begins with a start character (11 modules) and ends with the stop (13).
  test("128 is bars of 11 modules a character, check and stop included", () => {
    const { width, dark } = encodeBarcode({ symbology: "code128", text: "A-01" });
    // Start, four letters, check (11 each) and stop with its last bar (13).
    expect(width).toBe(6 * 11 + 13);
    expect(dark[0]).toEqual({ x: 0, y: 0, width: 2, height: 1 });
  });

  test.each(["qr", "gs1_datamatrix"] as const)(
    "%s is a square whose runs do not overlap",
    (symbology) => {
      const text = symbology === "qr" ? "work_order:1" : lot.code.text;
      const code = encodeBarcode({ symbology, text });
      expect(code.width).toBe(code.height);
      const cells = code.dark.flatMap(({ x, y, width }) =>
        Array.from({ length: width }, (_, step) => `${x + step},${y}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
    },
  );

  test("refuses what it cannot carry, and names it", () => {
    const wrong = { symbology: "gs1_datamatrix", text: "(01)12345" } as const;
    expect(() => encodeBarcode(wrong)).toThrow(/\(01\)12345 cannot be printed as gs1_datamatrix/);
    expect(() => encodeBarcode({ symbology: "code128", text: "支架" })).toThrow(
      /cannot be printed/,
    );
  });
});

test("a PDF has one page per label, of its size, also with letters the font does not know", async () => {
  const bytes = await labelsToPdf([bin, lot], size);
  const document = await PDFDocument.load(bytes);
  const [page] = document.getPages();
  expect(document.getPageCount()).toBe(2);
  expect(page?.getWidth()).toBeCloseTo((70 * 72) / 25.4, 5);
});

test("ZPL tells the printer what to draw, with separators where GS1 asks for them", () => {
  const [first = "", second = ""] = labelsToZpl([bin, lot], size).split(/(?<=\^XZ)\n/);
  expect(first).toContain("^BCN,,N,N,N^FH\\^FDA-01^FS");
  // (10) has a variable length and another element follows it; (01) has a fixed one.
  expect(second).toContain("^FD_10109521234543213102611-A_117271231^FS");
  const sly = { ...bin, title: "x^XZ^XA~JR" };
  expect(labelsToZpl([sly], size).split("^XZ")).toHaveLength(2);
});
