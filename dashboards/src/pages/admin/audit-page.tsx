import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTimeZone, useTranslations } from "use-intl";

import { type AuditFilter, auditQuery } from "../../api/event-queries.ts";
import { AuditFilterBar } from "../../panels/audit/audit-filter.tsx";
import { AuditRow } from "../../panels/audit/audit-row.tsx";
import { FileMenu } from "../../panels/lists/list-files.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { endOfSiteDay } from "../../ui/format/site-time.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { type AuditSearch, readAuditSearch } from "./audit-search.ts";
import "../../ui/events.css";

/** Who changed what, before and after, from which device; newest first, the filter is in the URL. */
export function AuditPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const timeZone = useTimeZone() ?? "UTC";
  // Read again: the router hands on what nobody understands.
  const search = readAuditSearch(useSearch({ from: paths.audit }));
  const filter = filterOf(search, timeZone);
  const query = useInfiniteQuery(auditQuery(filter));
  const show = (next: AuditSearch) =>
    void navigate({ to: paths.audit, search: next, replace: true });
  const { objectType: _, objectId, ...others } = search;
  return (
    <>
      <PageHead title={t("page.audit")}>
        <FileMenu title={t("page.audit")} path="/api/admin/audit" filter={filter} />
      </PageHead>
      <AuditFilterBar search={search} onChange={show} />
      {objectId !== undefined && (
        <p className="filter-note">
          {t("audit.oneObject", { label: objectId })}
          <button type="button" className="button button-small" onClick={() => show(others)}>
            {t("audit.showAll")}
          </button>
        </p>
      )}
      <Loaded query={query} skeleton={<Skeleton count={8} height={64} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          if (rows.length === 0) {
            return (
              <div className="empty">
                <p>{t(Object.keys(search).length === 0 ? "audit.none" : "audit.noneFound")}</p>
              </div>
            );
          }
          return (
            <>
              <div className="table-frame">
                <table className="table table-audit" aria-label={t("page.audit")}>
                  <thead>
                    <tr>
                      <th>{t("audit.column.time")}</th>
                      <th>{t("audit.column.who")}</th>
                      <th>{t("audit.column.object")}</th>
                      <th>{t("audit.column.what")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((entry) => (
                      <AuditRow
                        key={entry.position}
                        entry={entry}
                        onObject={() =>
                          show({
                            ...others,
                            objectType: entry.objectType,
                            objectId: entry.objectId,
                          })
                        }
                      />
                    ))}
                  </tbody>
                </table>
              </div>
              {query.hasNextPage && (
                <button
                  type="button"
                  className="button button-start"
                  disabled={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("action.older")}
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** Days of the site as the instants between which they lie. */
function filterOf({ from, to, ...rest }: AuditSearch, timeZone: string): AuditFilter {
  return {
    ...rest,
    ...(from !== undefined && { from: endOfSiteDay(dayBefore(from), timeZone) }),
    ...(to !== undefined && { to: endOfSiteDay(to, timeZone) }),
  };
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10);
}

const dayMs = 86_400_000;
