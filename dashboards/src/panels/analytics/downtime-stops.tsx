import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { downtimeStopsQuery, type StopFilter } from "../../api/downtime-queries.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { StopTable } from "../downtime/stop-table.tsx";

/** The stops behind a bar of the Pareto, longest first. */
export function DowntimeStops({
  name,
  filter,
  onClose,
}: {
  name: string;
  filter: StopFilter;
  onClose: () => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const query = useQuery(downtimeStopsQuery(filter));
  return (
    <Dialog title={t("downtime.behind", { name })} isWide onClose={onClose}>
      <Loaded query={query} skeleton={<Skeleton count={3} height={44} />}>
        {({ rows, stops, downMs }) => (
          <>
            <p className="hint">
              {t("downtime.sum", { stops, length: format.duration(downMs) })}
              {rows.length < stops &&
                ` ${t("downtime.moreThanShown", { shown: rows.length, all: stops })}`}
            </p>
            <StopTable label={t("downtime.stops")} stops={rows} />
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
