/** One record of a file as it was written: where it begins (1 = the header's line) and its cells. */
export type FileRecord = { line: number; cells: readonly string[] };
