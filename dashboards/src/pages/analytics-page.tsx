import type { OeeReport, OeeRow } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { oeeQuery } from "../api/analytics-queries.ts";
import type { DayRange } from "../api/downtime-queries.ts";
import { plantQuery } from "../api/queries.ts";
import { DowntimePareto } from "../panels/analytics/downtime-pareto.tsx";
import { OeeTrend } from "../panels/analytics/oee-trend.tsx";
import { type Column, ListTable } from "../panels/lists/list-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { addDays } from "../ui/format/day.ts";
import { isPlannedRunTimeWrong } from "../ui/format/ratio.ts";
import { Icon } from "../ui/icon.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { useFormat } from "../ui/use-format.ts";
import { type Grouping, groupings, type Pareto, paretos, rangeDays } from "./analytics-search.ts";

/** OEE over days, by day, shift or machine, with what kept the machines from producing. */
export function AnalyticsPage() {
  const t = useTranslations();
  const format = useFormat();
  const { days = 7, by = "day", pareto = "reason" } = useSearch({ from: paths.analytics });
  const plant = useQuery({ ...plantQuery, select: ({ productionDay }) => productionDay });
  // The night shift works on the day that began before midnight.
  const to = plant.data === undefined ? format.today() : format.productionDay(plant.data);
  const range = { from: addDays(to, 1 - days), to };
  const query = useQuery({ ...oeeQuery({ ...range, by }), enabled: !plant.isPending });
  return (
    <>
      <PageHead title={t("page.analytics")}>
        <Choices days={days} by={by} />
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={3} height={300} />}>
        {(report) => <Report report={report} range={range} pareto={pareto} />}
      </Loaded>
    </>
  );
}

function Choices({ days, by }: { days: number; by: Grouping }) {
  const t = useTranslations();
  const navigate = useNavigate({ from: paths.analytics });
  return (
    <div className="analytics-choices">
      <fieldset className="segments">
        <legend className="visually-hidden">{t("analytics.range")}</legend>
        {rangeDays.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="days"
              checked={one === days}
              onChange={() => void navigate({ search: (before) => ({ ...before, days: one, by }) })}
            />
            {t("analytics.days", { count: one })}
          </label>
        ))}
      </fieldset>
      <fieldset className="segments">
        <legend className="visually-hidden">{t("analytics.by")}</legend>
        {groupings.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="by"
              checked={one === by}
              onChange={() => void navigate({ search: (before) => ({ ...before, days, by: one }) })}
            />
            {t(`analytics.grouping.${one}`)}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function Report({ report, range, pareto }: { report: OeeReport; range: DayRange; pareto: Pareto }) {
  // Not what is asked for: the report before stays while the next one is made.
  const { by } = report;
  const t = useTranslations();
  const columns = useColumns(by);
  if (report.rows.length === 0) return <p className="none">{t("analytics.none")}</p>;
  // The newest first, and the whole range above all.
  const rows = [report.total, ...(by === "machine" ? report.rows : [...report.rows].reverse())];
  return (
    <div className="analytics">
      <Panel title={t("analytics.trend")}>
        <OeeTrend rows={report.trend} />
        <p className="hint">{t("analytics.explained")}</p>
        {report.rows.some(({ oee }) => isPlannedRunTimeWrong(oee.effectiveness)) && (
          <p className="tile-warning">
            <Icon name="down" size={16} /> {t("oee.plannedRunTimeWrong")}
          </p>
        )}
      </Panel>
      <Panel title={t("downtime.why")} actions={<ParetoChoice pareto={pareto} />}>
        <DowntimePareto range={range} by={pareto} />
      </Panel>
      <div className="analytics-table">
        <ListTable
          label={t(`analytics.grouping.${by}`)}
          rows={rows}
          columns={columns}
          hidden={[]}
          isLinked={false}
          keyOf={({ day, shift, isOutsideShifts, workUnitId }) =>
            `${day} ${shift} ${isOutsideShifts} ${workUnitId}`
          }
        />
      </div>
    </div>
  );
}

function ParetoChoice({ pareto }: { pareto: Pareto }) {
  const t = useTranslations();
  const navigate = useNavigate({ from: paths.analytics });
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{t("downtime.paretoLabel")}</legend>
      {paretos.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="pareto"
            checked={one === pareto}
            onChange={() => void navigate({ search: (before) => ({ ...before, pareto: one }) })}
          />
          {t(`downtime.pareto.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}

function useColumns(by: Grouping): Column<OeeRow>[] {
  const t = useTranslations();
  const format = useFormat();
  const name = (row: OeeRow) => {
    if (row.day === null && row.workUnitId === null) return t("analytics.allTime");
    return row.day === null ? row.workUnitName : format.day(row.day);
  };
  const duration = (ms: number) => (ms === 0 ? "–" : format.duration(ms));
  const shift: Column<OeeRow> = {
    name: "shift",
    title: t("analytics.shift"),
    renderCell: (row) => {
      if (row.day === null) return "";
      return row.shift ?? t(row.isOutsideShifts ? "analytics.outside" : "analytics.noCalendar");
    },
  };
  return [
    {
      name: "name",
      title: t(by === "machine" ? "analytics.machine" : "analytics.day"),
      renderCell: name,
    },
    ...(by === "shift" ? [shift] : []),
    figure("oee", t("analytics.oee"), ({ oee }) => format.ratio(oee.oee)),
    figure("availability", t("analytics.availability"), ({ oee }) =>
      format.ratio(oee.availability),
    ),
    figure("effectiveness", t("analytics.effectiveness"), ({ oee }) =>
      format.ratio(oee.effectiveness),
    ),
    figure("quality", t("analytics.quality"), ({ oee }) => format.ratio(oee.quality)),
    figure("planned", t("analytics.planned"), ({ oee }) => duration(oee.plannedBusyMs)),
    figure("good", `${t("analytics.good")} (${t("unit.pieces")})`, ({ good }) =>
      format.quantity(good),
    ),
    figure("scrap", `${t("analytics.scrap")} (${t("unit.pieces")})`, ({ scrap }) =>
      format.quantity(scrap),
    ),
    figure("down", t("analytics.down"), ({ oee }) => duration(oee.stateMs.down ?? 0)),
    figure("unplanned", t("analytics.unplanned"), ({ oee }) => duration(oee.unplanned.runningMs)),
  ];
}

function figure(column: string, title: string, cell: (row: OeeRow) => string): Column<OeeRow> {
  return { name: column, title, isNumber: true, renderCell: cell };
}
