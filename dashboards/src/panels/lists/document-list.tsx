import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

import type { Page } from "../../api/queries.ts";
import { PageHead } from "../page-head.tsx";
import { useListChoices } from "./list-choices.ts";
import { type Column, ListTable } from "./list-table.tsx";
import { ListTools } from "./list-tools.tsx";
import { Paged } from "./paged.tsx";

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
  const choices = useListChoices(name);
  const choose = (value: string) => {
    const chosen = states.find((one) => one === value);
    // The route checks the search of a URL, whoever wrote it.
    const search = chosen === undefined ? {} : { state: chosen };
    void navigate({ to, search: search as never, replace: true });
  };
  return (
    <>
      <PageHead title={title}>
        <search className="filter">
          <select
            className="select"
            aria-label={t("column.state")}
            value={state ?? ""}
            onChange={(event) => choose(event.target.value)}
          >
            <option value="">{t("workOrder.allStates")}</option>
            {states.map((one) => (
              <option key={one} value={one}>
                {stateWord(one)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={{ state }}
            to={to}
            files={{ title, ...files }}
          />
        </search>
        {action}
      </PageHead>
      <Paged query={query} empty={<p>{empty}</p>}>
        {(rows) => (
          <ListTable
            label={title}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={keyOf}
          />
        )}
      </Paged>
    </>
  );
}
