import type { Saga } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { eventKeys, stuckSagasQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { DataAge } from "../../ui/age.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";

/** Flows over several contexts that stopped and wait for a person. */
export function StuckSagas() {
  const t = useTranslations();
  const client = useQueryClient();
  const mayRetry = useMay()("saga:retry");
  const query = useQuery(stuckSagasQuery);
  const retry = useCommand<Saga, Saga>(
    ({ sagaId }) => `/api/admin/sagas/${encodeURIComponent(sagaId)}/retry`,
    {
      body: () => ({}),
      onSuccess: () => client.invalidateQueries({ queryKey: eventKeys.sagas }),
    },
  );
  return (
    <Panel title={t("board.sagas")}>
      <Loaded query={query} skeleton={<Skeleton height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("board.noSagas")}</p>
          ) : (
            <div className="table-frame">
              <table className="table" aria-label={t("board.sagas")}>
                <thead>
                  <tr>
                    <th>{t("board.saga")}</th>
                    <th className="number">{t("board.step")}</th>
                    <th>{t("board.reason")}</th>
                    <th>{t("board.since")}</th>
                    <th>{t("board.column.actions")}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((saga) => (
                    <tr key={saga.sagaId}>
                      <th scope="row" className="cell-person">
                        {saga.name}
                        <span className="address">{saga.sagaId}</span>
                      </th>
                      <td className="number">{saga.step}</td>
                      <td>
                        <span className="reason">{saga.reason}</span>
                      </td>
                      <td>
                        <DataAge time={saga.updatedTime} isHeld />
                      </td>
                      <td>
                        {mayRetry && (
                          <button
                            type="button"
                            className="button button-small"
                            disabled={retry.isPending}
                            onClick={() => retry.mutate(saga)}
                          >
                            {t("board.command.retry")}
                          </button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      {retry.error !== null && <ProblemNote error={retry.error} />}
    </Panel>
  );
}
