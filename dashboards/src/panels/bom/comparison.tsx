import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { compareQuery } from "../../api/engineering-queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";

/** What differs between two revisions, line by line. */
export function Comparison({ beforeId, afterId }: { beforeId: string; afterId: string }) {
  const t = useTranslations();
  const query = useQuery(compareQuery(beforeId, afterId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={4} height={44} />}>
      {({ rows }) =>
        rows.length === 0 ? (
          <p className="none">{t("bom.same")}</p>
        ) : (
          <div className="table-frame">
            <table className="table" aria-label={t("bom.compare")}>
              <thead>
                <tr>
                  <th>{t("bom.line.position")}</th>
                  <th>{t("bom.change")}</th>
                  <th>{t("column.item")}</th>
                  <th>{t("bom.what")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={`${row.change} ${row.position} ${row.itemId}`}>
                    <th scope="row">{row.position}</th>
                    <td>
                      <span className="change-mark" data-change={row.change}>
                        <Icon name={icons[row.change]} size={16} /> {t(`bom.${row.change}`)}
                      </span>
                    </td>
                    <td>
                      <b>{row.itemNumber}</b>
                      <span className="address">{row.itemName}</span>
                    </td>
                    <td>
                      {row.fields.map(({ field, before, after }) => (
                        <p key={field}>
                          <span className="unit">{field}</span>{" "}
                          {before !== null && <del>{before}</del>}{" "}
                          {before !== null && after !== null && "→ "}
                          {after !== null && <ins>{after}</ins>}
                        </p>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  );
}

const icons = { added: "add", removed: "close", changed: "half" } as const;
