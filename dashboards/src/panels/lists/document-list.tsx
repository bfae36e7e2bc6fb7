import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

import type { Page } from "../../api/queries.ts";
import { FilterSelect } from "./filter-select.tsx";
import { ListPage } from "./list-page.tsx";
import type { Column } from "./list-table.tsx";

/** The list of documents that go through states: its head with the filter by state, its tools, its rows. */
export function DocumentList<Row, State extends string>({
  name,
  title,
  to,
  states,
  state,
  stateWord,
  query,
  columns,
  keyOf,
  files,
  empty,
  action,
}: {
  /** What the choices of a person are kept under. */
  name: string;
  title: string;
  to: string;
  states: readonly State[];
  /** The one that is shown; undefined: all of them. */
  state: State | undefined;
  stateWord: (state: State) => string;
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  files: { path: string; importKey: readonly unknown[] | null };
  empty: string;
  /** How one is begun; false for who may not. */
  action: ReactNode;
}) {
  const t = useTranslations();
  const navigate = useNavigate();
  // The route checks the search of a URL, whoever wrote it.
  const show = (search: Record<string, unknown>) =>
    void navigate({ to, search: search as never, replace: true });
  return (
    <ListPage
      name={name}
      title={title}
      to={to}
      filter={{ state }}
      onFilter={show}
      filters={
        <FilterSelect
          label={t("column.state")}
          all={t("workOrder.allStates")}
          value={state}
          options={states.map((value) => ({ value, title: stateWord(value) }))}
          onChoose={(chosen) => show(chosen === undefined ? {} : { state: chosen })}
        />
      }
      query={query}
      columns={columns}
      keyOf={keyOf}
      files={files}
      empty={empty}
      action={action}
    />
  );
}
