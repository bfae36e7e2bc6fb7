import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslations } from "use-intl";

import { ImportFile } from "../../forms/import-file.tsx";
import { useClosedOutside } from "./use-closed-outside.ts";

export type ListFilesProps = {
  /** What the list is called, such as the page's title. */
  title: string;
  /** The list's own path in the API; its files lie below. */
  path: string;
  /** What the screen is narrowed to: its files are as well. */
  filter?: Readonly<Record<string, string | undefined>>;
  /** Set when the person may import; then what is known under this key is read again. */
  importKey?: readonly unknown[] | null;
};

/** A list taken away as a file, and taken in from one. */
export function ListFiles({ title, path, filter = {}, importKey = null }: ListFilesProps) {
  const t = useTranslations();
  const client = useQueryClient();
  const [isImporting, setImporting] = useState(false);
  const asked = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const exportHref = (format: string) =>
    `${path}/export?${new URLSearchParams([...asked, ["format", format]])}`;
  return (
    <section aria-label={t("list.files")}>
      <h3>{t("list.files")}</h3>
      <div className="list-tools-files">
        <a className="button button-small" href={exportHref("csv")} download>
          {t("list.csv")}
        </a>
        <a className="button button-small" href={exportHref("xlsx")} download>
          {t("list.xlsx")}
        </a>
        {importKey !== null && (
          <button type="button" className="button button-small" onClick={() => setImporting(true)}>
            {t("list.import")}
          </button>
        )}
      </div>
      {isImporting &&
        importKey !== null &&
        // Outside of the menu, which closes when somebody presses elsewhere.
        createPortal(
          <ImportFile
            title={t("import.title", { list: title })}
            path={path}
            onImported={() => client.invalidateQueries({ queryKey: importKey })}
            onClose={() => setImporting(false)}
          />,
          document.body,
        )}
    </section>
  );
}

/** The same as a menu of its own, for lists that have no other tools. */
export function FileMenu(props: ListFilesProps) {
  const t = useTranslations();
  const place = useRef<HTMLDetailsElement>(null);
  useClosedOutside(place);
  return (
    <details ref={place} className="list-tools">
      <summary className="button">{t("list.fileMenu")}</summary>
      <div className="list-tools-panel">
        <ListFiles {...props} />
      </div>
    </details>
  );
}
