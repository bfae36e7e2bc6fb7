import type { ProcessConfig } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";

/** What one process runs with, and where each value comes from; secrets are hidden by the process. */
export function ProcessSettings({ process }: { process: ProcessConfig }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <details className="process" open>
      <summary>
        <b>{process.process}</b> <span>{process.instance}</span>{" "}
        <span className="hint">
          {t("settings.since", {
            date: format.siteTime(process.startedTime, "date"),
            time: format.siteTime(process.startedTime, "minute"),
          })}
        </span>
      </summary>
      <div className="table-frame">
        <table className="table" aria-label={`${process.process} ${process.instance}`}>
          <thead>
            <tr>
              <th>{t("settings.name")}</th>
              <th>{t("settings.value")}</th>
              <th>{t("settings.source")}</th>
              <th>{t("settings.meaning")}</th>
            </tr>
          </thead>
          <tbody>
            {process.settings.map(({ name, value, source, description }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="setting-value">{value ?? "–"}</td>
                <td>{t(`settings.sources.${source}`)}</td>
                <td className="hint">{description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
