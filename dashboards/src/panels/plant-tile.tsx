import type { Oee, Tile } from "@millwright/contracts/api";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslations } from "use-intl";

import type { CurrentOperation } from "../api/shapes.ts";
import { paths } from "../paths.ts";
import { DataAge, Lasting } from "../ui/age.tsx";
import { isPlannedRunTimeWrong } from "../ui/format/ratio.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { MachineStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";

/** One work center now. Silos and scales show their gauges in place of pieces and OEE. */
export function PlantTile({ tile }: { tile: Tile }) {
  const t = useTranslations();
  const nameId = useId();
  const isStorage = tile.gauges.length > 0 && tile.current === null && tile.oee === null;
  return (
    <article className="tile" data-state={tile.state} aria-labelledby={nameId}>
      <header className="tile-head">
        <h3 id={nameId}>
          {tile.workUnitId === null ? (
            tile.workCenterName
          ) : (
            <Link to={paths.machine} params={{ workUnitId: tile.workUnitId }} className="tile-link">
              {tile.workCenterName}
            </Link>
          )}
        </h3>
        <TileState tile={tile} isStorage={isStorage} />
      </header>
      {tile.gauges.length > 0 && <Gauges tile={tile} />}
      {!isStorage && (
        <>
          <Current operation={tile.current} />
          <Today tile={tile} />
          <OeeSoFar oee={tile.oee} />
        </>
      )}
      <footer className="tile-foot">
        {tile.workUnitId === null ? (
          <span>{t("tile.manual")}</span>
        ) : (
          <>
            <span>{t("tile.dataAge")}</span> <DataAge time={tile.dataTime} />
          </>
        )}
      </footer>
    </article>
  );
}

function TileState({ tile, isStorage }: { tile: Tile; isStorage: boolean }) {
  const t = useTranslations();
  // A silo has no machine state to report; its readings speak for themselves.
  if (isStorage && tile.state === "no_data" && tile.dataTime !== null) return null;
  if (tile.workUnitId === null) return <span className="tile-state">{t("tile.bench")}</span>;
  return (
    <p className="tile-state">
      <MachineStateMark state={tile.state} />
      {tile.stateSince !== null && (
        <span className="tile-since">
          <Lasting since={tile.stateSince} />
        </span>
      )}
    </p>
  );
}

function Current({ operation }: { operation: CurrentOperation | null }) {
  const t = useTranslations();
  if (operation === null) return <p className="tile-current tile-none">{t("tile.noOrder")}</p>;
  return (
    <div className="tile-current">
      <p className="tile-order">
        <Link to={paths.workOrder} params={{ workOrderId: operation.workOrderId }}>
          {operation.workOrderNumber}
        </Link>
        <span className="tile-step">
          {operation.step} {operation.operationName}
        </span>
      </p>
      <p className="tile-item">
        {operation.itemNumber} · {operation.itemName}
      </p>
      <ProgressBar {...operation} />
    </div>
  );
}

function Today({ tile }: { tile: Tile }) {
  const t = useTranslations();
  const format = useFormat();
  const unit = tile.current?.uom ?? t("unit.pieces");
  return (
    <dl className="tile-today">
      <div>
        <dt>{t("tile.todayGood")}</dt>
        <dd>
          {format.quantity(tile.todayGood)} <span className="unit">{unit}</span>
        </dd>
      </div>
      <div>
        <dt>{t("tile.todayScrap")}</dt>
        <dd>
          {format.quantity(tile.todayScrap)} <span className="unit">{unit}</span>
        </dd>
      </div>
      <div>
        <dt title={t("oee.explained")}>{t("oee.soFar")}</dt>
        <dd>{format.ratio(tile.oee?.oee ?? null)}</dd>
      </div>
    </dl>
  );
}

function OeeSoFar({ oee }: { oee: Oee | null }) {
  const t = useTranslations();
  const format = useFormat();
  if (oee === null) return <p className="tile-factors">{t("oee.none")}</p>;
  return (
    <>
      <p className="tile-factors">
        <abbr title={t("oee.availability")}>A</abbr> {format.ratio(oee.availability)}
        <span aria-hidden="true"> × </span>
        <abbr title={t("oee.effectiveness")}>E</abbr> {format.ratio(oee.effectiveness)}
        <span aria-hidden="true"> × </span>
        <abbr title={t("oee.quality")}>Q</abbr> {format.ratio(oee.quality)}
      </p>
      {isPlannedRunTimeWrong(oee.effectiveness) && (
        <p className="tile-warning">
          <Icon name="down" size={16} /> {t("oee.plannedRunTimeWrong")}
        </p>
      )}
    </>
  );
}

function Gauges({ tile }: { tile: Tile }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <ul className="gauges">
      {tile.gauges.map((gauge) => (
        <li key={gauge.metricId} className="gauge">
          <span className="gauge-name">{t(`gauge.${gauge.role}`)}</span>
          <span className="gauge-value">
            {gauge.value === null ? (
              t("value.noData")
            ) : (
              <>
                <b>{format.value(gauge.value)}</b> <span className="unit">{gauge.unit}</span>
              </>
            )}
          </span>
          {gauge.unit === "%" && gauge.value !== null && (
            <div
              className="gauge-track"
              role="meter"
              aria-label={gauge.name}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={gauge.value}
            >
              <div style={{ width: `${Math.min(100, Math.max(0, gauge.value))}%` }} />
            </div>
          )}
          <span className="gauge-foot">
            <span>{gauge.name}</span>
            <DataAge time={gauge.sourceTime} />
          </span>
        </li>
      ))}
    </ul>
  );
}
