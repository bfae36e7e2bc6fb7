/** Rows of a set in parts that one statement takes well: 5,000 rows of JSON are about 2 MB. */
export function* batchesOf(rows: readonly object[]): Generator<string> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    yield JSON.stringify(rows.slice(start, start + rowsPerStatement));
  }
}

const rowsPerStatement = 5_000;
