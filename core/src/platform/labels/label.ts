/** What a label is printed as: human text beside one code. */
export type Label = {
  /** Largest line: a number or a place, readable from two metres. */
  readonly title: string;
  /** Up to four smaller lines. */
  readonly lines: readonly string[];
  readonly code: LabelCode;
};

/**
 * `code128` and `qr` carry `text` as it is; `gs1_datamatrix` carries element strings in the notation
 * of people, `(01)09521234543213(10)ABC`.
 */
export type LabelCode = {
  readonly symbology: Symbology;
  readonly text: string;
};

export const symbologies = ["code128", "qr", "gs1_datamatrix"] as const;
export type Symbology = (typeof symbologies)[number];

/** Millimetres. */
export type LabelSize = { readonly width: number; readonly height: number };
