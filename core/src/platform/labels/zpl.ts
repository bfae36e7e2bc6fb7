import { encodeBarcode } from "./barcode.ts";
import type { Label, LabelSize } from "./label.ts";

/**
 * Labels in ZPL II, one after the other, for printers of 8 dots/mm (203 dpi): the printer draws the
 * codes itself. UTF-8 (`^CI28`); whether a letter is printed is up to the printer's fonts.
 * @throws Refusal label.not_encodable, which the printer could not tell
 */
export function labelsToZpl(labels: readonly Label[], size: LabelSize): string {
  return labels.map((label) => labelToZpl(label, size)).join("\n");
}

function labelToZpl({ title, lines, code }: Label, size: LabelSize): string {
  encodeBarcode(code);
  const [width, height] = [dots(size.width), dots(size.height)];
  const margin = dots(marginMm);
  const isFlat = code.symbology === "code128";
  const titleHeight = Math.min(dots(7), Math.round(height / 5));
  const lineHeight = Math.round(titleHeight * 0.6);
  const text = lines.map((line, index) =>
    field(margin, margin + titleHeight + 8 + index * (lineHeight + 4), [
      `^A0N,${lineHeight}`,
      data(line),
    ]),
  );
  return [
    "^XA",
    "^CI28",
    `^PW${width}`,
    `^LL${height}`,
    field(margin, margin, [`^A0N,${titleHeight}`, data(title)]),
    ...text,
    isFlat
      ? field(margin, Math.round(height * 0.58), [
          `^BY2,3,${Math.round(height * 0.3)}`,
          "^BCN,,N,N,N",
          data(code.text),
        ])
      : field(Math.round(width * 0.58), margin, squareCode(code)),
    "^XZ",
  ].join("\n");
}

function squareCode({ symbology, text }: Label["code"]): string[] {
  // ^BQ: error correction M, automatic mode. ^BX: quality 200, `_` escapes, `_1` is FNC1.
  if (symbology === "qr") return ["^BQN,2,5", data(`MA,${text}`)];
  return ["^BXN,6,200,,,,_", data(elements(text))];
}

/**
 * Element strings as the symbol carries them: an FNC1 first and behind each element of variable
 * length that another follows (GS1 General Specifications, 7.8).
 */
function elements(text: string): string {
  const parts = [...text.matchAll(/\((\d{2,4})\)([^(]*)/g)];
  const written = parts.map(([, identifier = "", value = ""], index) => {
    const isLast = index === parts.length - 1;
    const isFixed = fixedLength.has(identifier.slice(0, 2));
    return `${identifier}${value}${isLast || isFixed ? "" : "_1"}`;
  });
  return `_1${written.join("")}`;
}

// GS1 General Specifications, figure 7.8.5-2: identifiers of predefined length.
const fixedLength = new Set([
  "00",
  "01",
  "02",
  "03",
  "04",
  "11",
  "12",
  "13",
  "14",
  "15",
  "16",
  "17",
  "18",
  "19",
  "20",
  "31",
  "32",
  "33",
  "34",
  "35",
  "36",
  "41",
]);

function field(x: number, y: number, commands: readonly string[]): string {
  return `^FO${x},${y}${commands.join("")}^FS`;
}

/** `^` and `~` begin commands: they go as hexadecimal, which `^FH` allows. */
function data(text: string): string {
  const safe = text.replaceAll(/[\^~\\]/g, (letter) => `\\${hex(letter)}`);
  return `^FH\\^FD${safe}`;
}

function hex(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0");
}

function dots(mm: number): number {
  return Math.round(mm * 8);
}

const marginMm = 2;
