import { type ReactNode, useRef } from "react";

import { useRowKeys } from "../../ui/use-row-keys.ts";

export type Column<Row> = {
  name: string;
  title: string;
  /** Right-aligned, for figures. */
  isNumber?: boolean;
  /** Left out on small screens. */
  isWide?: boolean;
  /** What the list is sorted by when the head of this column is pressed; left out: it cannot be. */
  sort?: string;
  /** For a cell that needs room of its own. */
  className?: string;
  renderCell: (row: Row) => ReactNode;
};

/** `sort` of the API: a column's, with a minus before it from the greatest on; undefined: the list's own order. */
export type Sorting = { sort: string | undefined; onSort: (sort: string | undefined) => void };

/**
 * A list as a table. The first column names the row and cannot be hidden; its link is marked `data-row`,
 * so that the whole row is its target and arrow keys walk.
 */
export function ListTable<Row>({
  label,
  rows,
  columns,
  hidden,
  keyOf,
  isLinked = true,
  sorting,
}: {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  hidden: readonly string[];
  keyOf: (row: Row) => string;
  isLinked?: boolean;
  /** How it is sorted, and what changes that; left out: the list has one order. */
  sorting?: Sorting;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  const [first, ...others] = columns;
  if (first === undefined) return null;
  const shown = others.filter(({ name }) => !hidden.includes(name));
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {[first, ...shown].map((column) => (
              <Head key={column.name} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isLinked ? "row-link" : undefined}>
              <th scope="row" className={first.className ?? "cell-name"}>
                {first.renderCell(row)}
              </th>
              {shown.map((column) => (
                <td key={column.name} className={classOf(column)}>
                  {column.renderCell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Pressed once it sorts from the least on, twice from the greatest, a third time as the list is. */
function Head<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting | undefined }) {
  const { title, sort } = column;
  if (sorting === undefined || sort === undefined) {
    return <th className={classOf(column)}>{title}</th>;
  }
  const { isUp, isDown } = { isUp: sorting.sort === sort, isDown: sorting.sort === `-${sort}` };
  const next = isUp ? `-${sort}` : isDown ? undefined : sort;
  return (
    <th
      className={classOf(column)}
      aria-sort={isUp ? "ascending" : isDown ? "descending" : undefined}
    >
      <button type="button" className="column-sort" onClick={() => sorting.onSort(next)}>
        {title}
        <span className="column-sort-mark" aria-hidden="true">
          {isUp ? "▲" : isDown ? "▼" : ""}
        </span>
      </button>
    </th>
  );
}

function classOf<Row>({ isNumber, isWide, className }: Column<Row>): string | undefined {
  const classes = [isNumber === true && "number", isWide === true && "column-wide", className];
  return classes.filter(Boolean).join(" ") || undefined;
}
