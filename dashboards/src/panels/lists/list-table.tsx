import { type ReactNode, useRef } from "react";

import { useRowKeys } from "../../ui/use-row-keys.ts";

export type Column<Row> = {
  name: string;
  title: string;
  /** Right-aligned, for figures. */
  isNumber?: boolean;
  /** Left out on small screens. */
  isWide?: boolean;
  renderCell: (row: Row) => ReactNode;
};

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
}: {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  hidden: readonly string[];
  keyOf: (row: Row) => string;
  isLinked?: boolean;
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
            <th>{first.title}</th>
            {shown.map((column) => (
              <th key={column.name} className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isLinked ? "row-link" : undefined}>
              <th scope="row" className="cell-name">
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

function classOf({ isNumber, isWide }: { isNumber?: boolean; isWide?: boolean }): string {
  return `${isNumber === true ? "number" : ""} ${isWide === true ? "column-wide" : ""}`.trim();
}
