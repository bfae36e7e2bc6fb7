import type { Tile } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslations } from "use-intl";

import { plantQuery } from "../api/queries.ts";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { DataAge, Lasting } from "../ui/age.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { MachineStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useRowKeys } from "../ui/use-row-keys.ts";

/** Every machine of the plant as a list, for those who look one up. */
export function MachinesPage() {
  const t = useTranslations();
  const query = useQuery(plantQuery);
  return (
    <>
      <PageHead title={t("page.machines")} />
      <Loaded query={query} skeleton={<Skeleton count={9} height={44} />}>
        {(plant) => <MachineTable tiles={plant.tiles.filter((tile) => tile.workUnitId !== null)} />}
      </Loaded>
    </>
  );
}

function MachineTable({ tiles }: { tiles: readonly Tile[] }) {
  const t = useTranslations();
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  if (tiles.length === 0) {
    return (
      <div className="empty">
        <p>{t("machine.none")}</p>
        <Link to={paths.equipment} className="button">
          {t("plant.empty.toEquipment")}
        </Link>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("page.machines")}>
        <thead>
          <tr>
            <th>{t("column.machine")}</th>
            <th>{t("column.area")}</th>
            <th>{t("column.state")}</th>
            <th>{t("column.since")}</th>
            <th>{t("column.order")}</th>
            <th className="number">{t("tile.todayGood")}</th>
            <th className="number">{t("oee.soFar")}</th>
            <th>{t("tile.dataAge")}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {tiles.map((tile) => (
            <MachineRow key={tile.workCenterId} tile={tile} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MachineRow({ tile }: { tile: Tile }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <tr className="row-link">
      <th scope="row">
        <Link to={paths.machine} params={{ workUnitId: tile.workUnitId ?? "" }} data-row>
          {tile.workCenterName}
        </Link>
      </th>
      <td>{tile.areaName}</td>
      <td>
        <MachineStateMark state={tile.state} />
      </td>
      <td>{tile.stateSince === null ? "–" : <Lasting since={tile.stateSince} />}</td>
      <td>
        {tile.current === null
          ? "–"
          : `${tile.current.workOrderNumber} · ${tile.current.step} ${tile.current.operationName}`}
      </td>
      <td className="number">
        {format.quantity(tile.todayGood)}{" "}
        <span className="unit">{tile.current?.uom ?? t("unit.pieces")}</span>
      </td>
      <td className="number">{format.ratio(tile.oee?.oee ?? null)}</td>
      <td>
        <DataAge time={tile.dataTime} />
      </td>
    </tr>
  );
}
