import type { BomTreeRow } from "@millwright/contracts/api";

/** A row of the tree as it is drawn; `at` is its place in what the server sent, its name on this page. */
export type TreeNode = {
  at: number;
  row: BomTreeRow;
  hasChildren: boolean;
  isOpen: boolean;
  /** Found by the search itself, not only on the way to something found. */
  isHit: boolean;
};

/**
 * The rows to show, in order. Rows come depth first with their levels. Without a search: what is not below
 * a closed row. With one: every hit and the way to it, closed or not. One pass, so that thousands of rows
 * follow typing.
 */
export function shownRows(
  rows: readonly BomTreeRow[],
  { closed, search }: { closed: ReadonlySet<number>; search: string },
): TreeNode[] {
  const words = search.trim().toLowerCase();
  const shown = words === "" ? openRows(rows, closed) : foundRows(rows, words);
  return shown.map((at) => {
    const row = rows[at] as BomTreeRow;
    return {
      at,
      row,
      hasChildren: hasChildren(rows, at),
      isOpen: words !== "" || !closed.has(at),
      isHit: words !== "" && isFound(row, words),
    };
  });
}

export function hasChildren(rows: readonly BomTreeRow[], at: number): boolean {
  return (rows[at + 1]?.level ?? 0) > (rows[at]?.level ?? 0);
}

/** All rows that can be closed and lie at `level` or deeper: closing them shows the levels above. */
export function closedFrom(rows: readonly BomTreeRow[], level: number): Set<number> {
  return new Set(
    rows.flatMap((row, at) => (row.level >= level && hasChildren(rows, at) ? [at] : [])),
  );
}

/** The row above, or -1 for the top. */
export function parentOf(rows: readonly BomTreeRow[], at: number): number {
  const level = rows[at]?.level ?? 0;
  return rows.findLastIndex((row, index) => index < at && row.level < level);
}

function openRows(rows: readonly BomTreeRow[], closed: ReadonlySet<number>): number[] {
  const shown: number[] = [];
  let hiddenBelow = Infinity;
  for (const [at, { level }] of rows.entries()) {
    if (level > hiddenBelow) continue;
    hiddenBelow = closed.has(at) ? level : Infinity;
    shown.push(at);
  }
  return shown;
}

/** From the back: a row is shown when it is found or something below it is. */
function foundRows(rows: readonly BomTreeRow[], words: string): number[] {
  const shown: number[] = [];
  let wayUp = -1;
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row === undefined) continue;
    if (row.level !== wayUp && !isFound(row, words)) continue;
    shown.push(at);
    // Before this row's parent come only rows as deep as this one: the way is never lost.
    wayUp = row.level - 1;
  }
  return shown.reverse();
}

function isFound({ itemNumber, itemName }: BomTreeRow, words: string): boolean {
  return `${itemNumber} ${itemName}`.toLowerCase().includes(words);
}
