import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

import type { Page } from "../../api/queries.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";

/** The pages of a list read so far, with the button for the next; `empty` in place of no rows at all. */
export function Paged<Row>({
  query,
  empty,
  children,
}: {
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
}) {
  const t = useTranslations();
  return (
    <Loaded query={query} skeleton={<Skeleton count={10} height={44} />}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.rows);
        if (rows.length === 0) return <div className="empty">{empty}</div>;
        return (
          <>
            {children(rows)}
            {query.hasNextPage && (
              <button
                type="button"
                className="button button-start"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.more")}
              </button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
