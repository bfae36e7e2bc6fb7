import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { Icon } from "../../ui/icon.tsx";
import type { SavedFilter, useListChoices } from "./list-choices.ts";
import { ListFiles, type ListFilesProps } from "./list-files.tsx";
import type { Column } from "./list-table.tsx";
import { useClosedOutside } from "./use-closed-outside.ts";

/**
 * What a person may do with a list as a list: choose columns, come back to a filter, take it away as a
 * file, which has the filter of the screen.
 */
export function ListTools<Row>({
  choices,
  columns,
  filter = {},
  to,
  files,
}: {
  choices: ReturnType<typeof useListChoices>;
  columns: readonly Column<Row>[];
  /** What the list is narrowed to and sorted by. */
  filter?: Record<string, string | undefined>;
  /** The page whose URL has the filter; left out: filters cannot be saved. */
  to?: string;
  files?: Omit<ListFilesProps, "filter">;
}) {
  const t = useTranslations();
  const place = useRef<HTMLDetailsElement>(null);
  useClosedOutside(place);
  const search = Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return (
    <details ref={place} className="list-tools">
      <summary className="button">
        <Icon name="setup" size={16} /> {t("list.tools")}
      </summary>
      <div className="list-tools-panel">
        {to !== undefined && <Filters choices={choices} search={search} to={to} />}
        <fieldset>
          <legend>{t("list.columns")}</legend>
          {columns.slice(1).map(({ name, title }) => (
            <label key={name} className="check">
              <input
                type="checkbox"
                checked={!choices.choices.hidden.includes(name)}
                onChange={(event) => choices.showColumn(name, event.target.checked)}
              />
              {title}
            </label>
          ))}
        </fieldset>
        {files !== undefined && <ListFiles filter={search} {...files} />}
        <p className="hint">{t("list.keptHere")}</p>
      </div>
    </details>
  );
}

function Filters({
  choices,
  search,
  to,
}: {
  choices: ReturnType<typeof useListChoices>;
  search: Record<string, string>;
  to: string;
}) {
  const t = useTranslations();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const isFiltered = Object.keys(search).length > 0;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    choices.saveFilter({ name: name.trim(), search });
    setName("");
  };
  // The route checks what a saved filter says, as it checks any URL.
  const apply = (filter: SavedFilter) => void navigate({ to, search: filter.search as never });
  return (
    <section aria-label={t("list.savedFilters")}>
      <h3>{t("list.savedFilters")}</h3>
      {choices.choices.saved.map((filter) => (
        <p key={filter.name} className="list-tools-saved">
          <button type="button" className="button-link" onClick={() => apply(filter)}>
            {filter.name}
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={t("list.forget", { name: filter.name })}
            onClick={() => choices.forgetFilter(filter.name)}
          >
            <Icon name="close" size={16} />
          </button>
        </p>
      ))}
      {isFiltered ? (
        <form className="list-tools-save" onSubmit={save}>
          <input
            className="input"
            aria-label={t("list.filterName")}
            placeholder={t("list.filterName")}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="button button-small">
            {t("action.save")}
          </button>
        </form>
      ) : (
        <p className="hint">{t("list.filterFirst")}</p>
      )}
    </section>
  );
}
