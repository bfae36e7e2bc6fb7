import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from "@cantoo/pdf-lib";

import { type Barcode, encodeBarcode } from "./barcode.ts";
import type { Label, LabelSize } from "./label.ts";

/**
 * Labels as a PDF, one a page, everything drawn as vectors: sharp at any printer's resolution. Text that
 * the built-in font cannot write (it knows Latin only) is left out; the code always carries it.
 * @throws Refusal label.not_encodable
 */
export async function labelsToPdf(labels: readonly Label[], size: LabelSize): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setProducer("Millwright");
  const fonts = {
    bold: await document.embedFont(StandardFonts.HelveticaBold),
    plain: await document.embedFont(StandardFonts.Helvetica),
  };
  for (const label of labels) {
    const page = document.addPage([points(size.width), points(size.height)]);
    drawLabel(page, label, fonts, size);
  }
  return document.save();
}

type Fonts = { bold: PDFFont; plain: PDFFont };

function drawLabel(page: PDFPage, label: Label, fonts: Fonts, size: LabelSize): void {
  const code = encodeBarcode(label.code);
  const isFlat = code.height === 1;
  const inner = { width: size.width - 2 * marginMm, height: size.height - 2 * marginMm };
  // A square code stands at the right, bars lie at the bottom.
  const box = isFlat
    ? { width: inner.width, height: inner.height * 0.4 }
    : { width: Math.min(inner.height, inner.width * 0.45), height: inner.height };
  drawCode(page, code, {
    x: isFlat ? marginMm : size.width - marginMm - box.width,
    y: marginMm,
    ...box,
  });
  const textWidth = isFlat ? inner.width : inner.width - box.width - marginMm;
  const textHeight = isFlat ? inner.height - box.height - 1 : inner.height;
  drawText(page, label, fonts, {
    x: marginMm,
    top: size.height - marginMm,
    width: textWidth,
    height: textHeight,
  });
}

type Box = { x: number; y: number; width: number; height: number };

function drawCode(page: PDFPage, code: Barcode, box: Box): void {
  const isFlat = code.height === 1;
  const moduleMm = isFlat
    ? box.width / (code.width + 2 * quietBars)
    : Math.min(box.width, box.height) / (code.width + 2 * quietMatrix);
  const quiet = (isFlat ? quietBars : quietMatrix) * moduleMm;
  const rowMm = isFlat ? box.height : moduleMm;
  const top = isFlat ? box.y + box.height : box.y + box.height - quiet;
  for (const { x, y, width, height } of code.dark) {
    page.drawRectangle({
      x: points(box.x + quiet + x * moduleMm),
      y: points(top - (y + height) * rowMm),
      width: points(width * moduleMm),
      height: points(height * rowMm),
    });
  }
}

function drawText(
  page: PDFPage,
  { title, lines }: Label,
  { bold, plain }: Fonts,
  box: { x: number; top: number; width: number; height: number },
): void {
  const rows = lines.length + titleRows;
  const row = Math.min(box.height / rows, rowMmMax);
  let y = box.top - row * titleRows * 0.75;
  writeLine(page, title, {
    font: bold,
    size: row * titleRows * 0.7,
    x: box.x,
    y,
    width: box.width,
  });
  for (const line of lines) {
    y -= row;
    writeLine(page, line, { font: plain, size: row * 0.72, x: box.x, y, width: box.width });
  }
}

function writeLine(
  page: PDFPage,
  text: string,
  at: { font: PDFFont; size: number; x: number; y: number; width: number },
): void {
  const known = writable(text, at.font);
  if (known === "") return;
  const wanted = points(at.size);
  const widest = points(at.width) / at.font.widthOfTextAtSize(known, 1);
  const place = { x: points(at.x), y: points(at.y) };
  page.drawText(known, { ...place, size: Math.min(wanted, widest), font: at.font });
}

/** The text as far as the font can write it. */
function writable(text: string, font: PDFFont): string {
  const known = new Set(font.getCharacterSet());
  return Array.from(text)
    .filter((letter) => known.has(letter.codePointAt(0) ?? 0))
    .join("")
    .trim();
}

/** Millimetres → points of 1/72 inch. */
function points(mm: number): number {
  return (mm * 72) / 25.4;
}

const marginMm = 2;
const titleRows = 1.8;
const rowMmMax = 7;
// Modules that stay light around a code: ISO/IEC 15417, 4.3 and ISO/IEC 18004, 5.3.8.
const quietBars = 10;
const quietMatrix = 4;
