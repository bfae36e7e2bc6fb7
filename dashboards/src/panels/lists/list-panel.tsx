import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page } from "../../api/queries.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useListChoices } from "./list-choices.ts";
import { type Column, ListTable, type Sorting } from "./list-table.tsx";
import { ListTools } from "./list-tools.tsx";
import { Paged } from "./paged.tsx";

type ListPanelProps<Row> = {
  /** What the choices of a person are kept under. */
  name: string;
  title: string;
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** What it is narrowed to and sorted by; with `to`, the page whose URL says so, it can be saved. */
  filter?: Record<string, string | undefined>;
  to?: string;
  files: { path: string; importKey?: readonly unknown[] | null };
  empty: string;
  sorting?: Sorting;
  /** What came of the last command on a row. */
  error?: Error | null;
  /** How one is begun; false for who may not. */
  action?: ReactNode;
};

/** A list on a page that shows several: its tools, then its rows. */
export function ListPanel<Row>(props: ListPanelProps<Row>) {
  const { name, title, query, columns, keyOf, filter, to, files, empty, sorting } = props;
  const { error = null } = props;
  const choices = useListChoices(name);
  return (
    <>
      <div className="list-head">
        <ListTools
          choices={choices}
          columns={columns}
          {...(filter !== undefined && { filter })}
          {...(to !== undefined && { to })}
          files={{ title, ...files }}
        />
        {props.action}
      </div>
      {error !== null && <ProblemNote error={error} />}
      <Paged query={query} empty={<p>{empty}</p>}>
        {(rows) => (
          <ListTable
            label={title}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={keyOf}
            isLinked={false}
            {...(sorting !== undefined && { sorting })}
          />
        )}
      </Paged>
    </>
  );
}
