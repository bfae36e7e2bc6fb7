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
import { Quantity } from "../ui/quantity.tsx";
import { MachineStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";

/** One work center now. Silos and scales show their gauges in place of pieces and OEE. */
export function PlantTile({ tile }: { tile: Tile }) {
  const t = useTranslations();
  const nameId = useId();
  const isStorage = isStorageTile(tile);
  return (
    <article
      className="tile"
      data-state={hasMachineState(tile) ? tile.state : "none"}
      aria-labelledby={nameId}
    >
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
        <TileState tile={tile} />
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

/** A silo or a scale: it holds material and makes no pieces. */
function isStorageTile(tile: Tile): boolean {
  const makesPieces = tile.current !== null || tile.todayGood !== "0" || tile.todayScrap !== "0";
  return tile.gauges.length > 0 && !makesPieces;
}

/** Whether the tile's state is one a machine reports; a silo with readings has none to lose. */
export function hasMachineState(tile: Tile): boolean {
  if (tile.workUnitId === null) return false;
  return !(isStorageTile(tile) && tile.state === "no_data" && tile.dataTime !== null);
}

function TileState({ tile }: { tile: Tile }) {
  const t = useTranslations();
  if (!hasMachineState(tile)) {
    return (
      <p className="tile-state">{t(tile.workUnitId === null ? "tile.bench" : "tile.storage")}</p>
    );
  }
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
          <Quantity value={tile.todayGood} uom={unit} />
        </dd>
      </div>
      <div>
        <dt>{t("tile.todayScrap")}</dt>
        <dd>
          <Quantity value={tile.todayScrap} uom={unit} />
        </dd>
      </div>
      <div>
        <dt title={t("oee.explained")}>{t("oee.short")}</dt>
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
      {oee.unplanned.runningMs > 0 && (
        <p className="tile-factors">
          {t("oee.unplanned", { duration: format.duration(oee.unplanned.runningMs) })}
        </p>
      )}
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
            <>
              <meter
                className="visually-hidden"
                aria-label={gauge.name}
                min={0}
                max={100}
                value={gauge.value}
              />
              <div className="gauge-track" aria-hidden="true">
                <div style={{ width: `${Math.min(100, Math.max(0, gauge.value))}%` }} />
              </div>
            </>
          )}
          <span className="gauge-foot">
            <span>{gauge.name}</span>
            <DataAge time={gauge.sourceTime} isHeld />
          </span>
        </li>
      ))}
    </ul>
  );
}
