import type { Stop } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { stopsQuery } from "../../api/downtime-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import type { TimeWindow } from "../../api/queries.ts";
import { GiveReason } from "../../forms/downtime/give-reason.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { StopTable } from "./stop-table.tsx";

/** When a machine was down in a window, why, and the big button while it is and nobody said. */
export function MachineStops({ workUnitId, window }: { workUnitId: string; window: TimeWindow }) {
  const query = useQuery(stopsQuery(workUnitId, window));
  return (
    <Loaded query={query} skeleton={<Skeleton height={140} />}>
      {({ rows, isCut }) => <Stops stops={rows} isCut={isCut} />}
    </Loaded>
  );
}

/** `isCut`: there were more stops than these, earlier ones. */
function Stops({ stops, isCut }: { stops: readonly Stop[]; isCut: boolean }) {
  const t = useTranslations();
  const may = useMay();
  const [isWhole, setWhole] = useState(false);
  const [asked, setAsked] = useState<Stop | null>(null);
  if (stops.length === 0 && asked === null) {
    return <p className="none">{t("downtime.noStops")}</p>;
  }
  const now = stops.find(({ to, reason }) => to === null && reason === null);
  const shown = isWhole ? stops : stops.slice(0, shownFirst);
  return (
    <>
      {now !== undefined && may("machine:give_reason") && (
        <button
          type="button"
          className="button button-main button-large"
          onClick={() => setAsked(now)}
        >
          <Icon name="down" /> {t("downtime.downNow")}
        </button>
      )}
      <StopTable label={t("downtime.stops")} stops={shown} hidden={["machine", "planned"]} />
      {shown.length < stops.length && (
        <button type="button" className="button-link" onClick={() => setWhole(true)}>
          {t(isCut ? "downtime.showLatest" : "downtime.showAll", { count: stops.length })}
        </button>
      )}
      {isCut && shown.length === stops.length && (
        <p className="notice">{t("downtime.stopsCut", { count: stops.length })}</p>
      )}
      {/* The stop that was asked about, whatever the machine does meanwhile. */}
      {asked !== null && <GiveReason stop={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

// What happened lately; a shift leader presses for more.
const shownFirst = 10;
