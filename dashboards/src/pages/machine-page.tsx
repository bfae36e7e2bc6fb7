import type { Machine } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import {
  machineEventsQuery,
  machineQuery,
  plantQuery,
  statesQuery,
  type TimeWindow,
} from "../api/queries.ts";
import { MachineStops } from "../panels/downtime/machine-stops.tsx";
import { EventList } from "../panels/events/event-list.tsx";
import { MetricTable } from "../panels/metric-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { hasMachineState, PlantTile } from "../panels/plant-tile.tsx";
import { StateStrip } from "../panels/state-strip.tsx";
import { timeWindow, type WindowChoice, windowChoices } from "../panels/time-window.ts";
import { Trends } from "../panels/trends.tsx";
import { paths } from "../paths.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { useNow } from "../ui/use-now.ts";

/** One machine: what it does now, what it did over the window, its values and its history. */
export function MachinePage() {
  const { workUnitId } = useParams({ from: paths.machine });
  const query = useQuery(machineQuery(workUnitId));
  return (
    <Loaded query={query} skeleton={<MachineSkeleton />}>
      {(machine) => <MachineView key={machine.workUnitId} machine={machine} />}
    </Loaded>
  );
}

function MachineView({ machine }: { machine: Machine }) {
  const t = useTranslations();
  const [choice, setChoice] = useState<WindowChoice>("day");
  const window = useTimeWindow(choice);
  const { workUnitId } = machine;
  return (
    <>
      <PageHead title={machine.name}>
        <WindowPicker choice={choice} onChoose={setChoice} />
      </PageHead>
      <div className="machine">
        <aside className="machine-now" aria-label={t("machine.now")}>
          <PlantTile tile={machine.tile} />
        </aside>
        <div className="machine-panels">
          {hasMachineState(machine.tile) && (
            <Panel title={t("machine.states")}>
              {window === null ? (
                <Skeleton height={140} />
              ) : (
                <States workUnitId={workUnitId} window={window} />
              )}
            </Panel>
          )}
          {hasMachineState(machine.tile) && (
            <Panel title={t("downtime.stops")}>
              {window === null ? (
                <Skeleton height={140} />
              ) : (
                <MachineStops workUnitId={workUnitId} window={window} />
              )}
            </Panel>
          )}
          <Panel title={t("machine.trends")}>
            {window === null ? (
              <Skeleton height={172} />
            ) : (
              <Trends machine={machine} window={window} />
            )}
          </Panel>
          <Panel title={t("machine.metrics")}>
            <MetricTable metrics={machine.metrics} />
          </Panel>
          <Panel title={t("machine.events")}>
            <EventList query={machineEventsQuery(workUnitId)} label={t("machine.events")} />
          </Panel>
        </div>
      </div>
    </>
  );
}

function States({ workUnitId, window }: { workUnitId: string; window: TimeWindow }) {
  const query = useQuery(statesQuery(workUnitId, window));
  return (
    <Loaded query={query} skeleton={<Skeleton height={140} />}>
      {({ intervals }) => <StateStrip intervals={intervals} from={Date.parse(window.from)} />}
    </Loaded>
  );
}

function WindowPicker({
  choice,
  onChoose,
}: {
  choice: WindowChoice;
  onChoose: (choice: WindowChoice) => void;
}) {
  const t = useTranslations();
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{t("window.label")}</legend>
      {windowChoices.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="window"
            checked={one === choice}
            onChange={() => onChoose(one)}
          />
          {t(`window.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}

/** Null until the plant has told when its production day began. */
function useTimeWindow(choice: WindowChoice): TimeWindow | null {
  const now = useNow();
  const { data } = useQuery({ ...plantQuery, select: (plant) => plant.productionDay });
  return data === undefined ? null : timeWindow(choice, now, data);
}

function MachineSkeleton() {
  return (
    <>
      <Skeleton height={44} />
      <div className="machine">
        <Skeleton height={276} />
        <div className="machine-panels">
          <Skeleton count={3} height={220} />
        </div>
      </div>
    </>
  );
}
