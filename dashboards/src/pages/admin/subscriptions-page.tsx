import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { subscriptionsQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { ParkedEvents } from "../../panels/board/parked-events.tsx";
import { StuckSagas } from "../../panels/board/stuck-sagas.tsx";
import { SubscriptionTable } from "../../panels/board/subscription-table.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { readBoardSearch } from "./board-search.ts";
import "../../ui/events.css";

/** The event board: who is behind the log, what is parked and why, and what a person does about it. */
export function SubscriptionsPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const mayReadSagas = useMay()("saga:read");
  const { name } = readBoardSearch(useSearch({ from: paths.subscriptions }));
  const query = useQuery(subscriptionsQuery);
  return (
    <>
      <PageHead title={t("page.subscriptions")} />
      <Loaded query={query} skeleton={<Skeleton count={3} height={52} />}>
        {({ rows }) => (
          <SubscriptionTable
            subscriptions={rows}
            chosen={name}
            onChoose={(chosen) =>
              void navigate({
                to: paths.subscriptions,
                search: chosen === undefined ? {} : { name: chosen },
                replace: true,
              })
            }
          />
        )}
      </Loaded>
      {name !== undefined && <ParkedEvents key={name} name={name} />}
      {mayReadSagas && <StuckSagas />}
    </>
  );
}
