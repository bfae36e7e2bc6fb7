import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page } from "../../api/queries.ts";
import { PageHead } from "../page-head.tsx";
import { useListChoices } from "./list-choices.ts";
import { type Column, ListTable } from "./list-table.tsx";
import { ListTools } from "./list-tools.tsx";
import { Paged } from "./paged.tsx";
import { SearchBox } from "./search-box.tsx";

type ListPageProps<Row> = {
  /** What the choices of a person are kept under. */
  name: string;
  title: string;
  to: string;
  /** What the URL says; `search` and `sort` of it are asked for here. */
  filter: Record<string, string | undefined>;
  /** Shows the list by another filter, which the route checks. */
  onFilter: (filter: Record<string, unknown>) => void;
  /** What the search box says; left out: there is none. */
  searchLabel?: string;
  /** More ways to narrow the list, beside the search box. */
  filters?: ReactNode;
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  isLinked?: boolean;
  files: { path: string; importKey?: readonly unknown[] | null };
  empty: string;
  /** How one is begun; false for who may not. */
  action?: ReactNode;
};

/** A page that is a list: its head with what narrows it, its tools, its rows. The filter is in the URL. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { title, filter, onFilter, columns, query, empty, searchLabel } = props;
  const choices = useListChoices(props.name);
  return (
    <>
      <PageHead title={title}>
        <search className="filter">
          {searchLabel !== undefined && (
            <SearchBox
              label={searchLabel}
              value={filter["search"] ?? ""}
              onSearch={(search) => onFilter({ ...filter, search })}
            />
          )}
          {props.filters}
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={props.to}
            files={{ title, ...props.files }}
          />
        </search>
        {props.action}
      </PageHead>
      <Paged query={query} empty={<p>{empty}</p>}>
        {(rows) => (
          <ListTable
            label={title}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={props.keyOf}
            isLinked={props.isLinked ?? true}
            sorting={{
              sort: filter["sort"],
              onSort: (sort) => onFilter({ ...filter, sort }),
            }}
          />
        )}
      </Paged>
    </>
  );
}
