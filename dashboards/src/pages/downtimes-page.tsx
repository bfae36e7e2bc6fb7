import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { downtimeStopsQuery, type ListedStops } from "../api/downtime-queries.ts";
import { plantQuery } from "../api/queries.ts";
import { StopTable } from "../panels/downtime/stop-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { addDays } from "../ui/format/day.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useFormat } from "../ui/use-format.ts";

/** Stops nobody explained, for the shift leader who fills in the reasons. */
export function DowntimesPage() {
  const t = useTranslations();
  const format = useFormat();
  const [days, setDays] = useState<number>(rangeDays[0]);
  const plant = useQuery({ ...plantQuery, select: ({ productionDay }) => productionDay });
  // The night shift works on the day that began before midnight.
  const to = plant.data === undefined ? format.today() : format.productionDay(plant.data);
  const query = useQuery({
    ...downtimeStopsQuery({
      from: addDays(to, 1 - days),
      to,
      reason: "missing",
      order: "newest",
    }),
    enabled: !plant.isPending,
    refetchInterval: 60_000,
  });
  return (
    <>
      <PageHead title={t("page.downtimes")}>
        <fieldset className="segments">
          <legend className="visually-hidden">{t("downtime.range")}</legend>
          {rangeDays.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="days"
                checked={one === days}
                onChange={() => setDays(one)}
              />
              {t("downtime.days", { count: one })}
            </label>
          ))}
        </fieldset>
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={4} height={52} />}>
        {(listed) => <Unexplained listed={listed} />}
      </Loaded>
    </>
  );
}

function Unexplained({ listed }: { listed: ListedStops }) {
  const t = useTranslations();
  const format = useFormat();
  if (listed.stops === 0) {
    return (
      <div className="empty">
        <p>{t("downtime.allExplained")}</p>
      </div>
    );
  }
  const { rows, stops, downMs } = listed;
  return (
    <>
      <p className="hint">
        {t("downtime.unexplained")} {t("downtime.sum", { stops, length: format.duration(downMs) })}
      </p>
      <StopTable label={t("page.downtimes")} stops={rows} />
      {rows.length < stops && (
        <p className="hint">{t("downtime.moreThanShown", { shown: rows.length, all: stops })}</p>
      )}
    </>
  );
}

const rangeDays = [1, 7, 30] as const;
