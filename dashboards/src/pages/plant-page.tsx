import type { Plant, Tile } from "@millwright/contracts/api";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { openOrdersQuery, plantQuery } from "../api/queries.ts";
import { useFlag } from "../api/settings-queries.ts";
import { LateOrders as LateOrderList } from "../panels/late-orders.tsx";
import { isLate } from "../panels/late.ts";
import { PageHead } from "../panels/page-head.tsx";
import { hasMachineState, PlantTile } from "../panels/plant-tile.tsx";
import { paths } from "../paths.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useNow } from "../ui/use-now.ts";

/** The whole plant at a glance: a tile per work center, areas in the order the material flows. */
export function PlantPage() {
  const t = useTranslations();
  const query = useQuery(plantQuery);
  const namesLateOrders = useFlag("plant.late_orders");
  return (
    <>
      <PageHead title={t("page.plant")}>
        {query.data !== undefined && query.data.tiles.length > 0 && <Summary plant={query.data} />}
      </PageHead>
      {namesLateOrders && <LateOrderList />}
      <Loaded query={query} skeleton={<TileSkeletons />}>
        {(plant) => (plant.tiles.length === 0 ? <EmptyPlant /> : <Areas tiles={plant.tiles} />)}
      </Loaded>
    </>
  );
}

function Areas({ tiles }: { tiles: readonly Tile[] }) {
  const areas = Map.groupBy(tiles, (tile) => tile.areaName);
  return (
    <div className="areas">
      {[...areas].map(([name, areaTiles]) => (
        <section key={name} className="area" aria-label={name}>
          {areaTiles.map((tile, index) => (
            <div key={tile.workCenterId} className="area-cell">
              {index === 0 ? <h2>{name}</h2> : <span className="area-more">{name}</span>}
              <PlantTile tile={tile} />
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

function Summary({ plant }: { plant: Plant }) {
  const t = useTranslations();
  const format = useFormat();
  // A bench or a silo has no machine state; it is not a machine that lost its data.
  const machines = plant.tiles.filter(hasMachineState);
  const count = (state: Tile["state"]) => machines.filter((tile) => tile.state === state).length;
  return (
    <section className="summary" aria-label={t("plant.summary")}>
      <Figure icon="producing" state="producing" count={count("producing")} word="plant.running" />
      <Figure icon="down" state="down" count={count("down")} word="plant.down" />
      <Figure icon="no_data" state="no_data" count={count("no_data")} word="plant.noData" />
      <LateOrders />
      <span className="summary-day">
        {t("plant.productionDay", {
          from: format.siteTime(plant.productionDay.from, "minute"),
          date: format.siteTime(plant.productionDay.from, "date"),
        })}
      </span>
    </section>
  );
}

function LateOrders() {
  const t = useTranslations();
  const now = useNow();
  const reads = useQueries({
    queries: [
      openOrdersQuery("firmed"),
      openOrdersQuery("released"),
      openOrdersQuery("in_progress"),
      openOrdersQuery("on_hold"),
    ],
  });
  if (reads.some((read) => read.data === undefined)) return null;
  const orders = reads.flatMap((read) => read.data?.rows ?? []);
  const isMore = reads.some((read) => read.data?.nextCursor !== null);
  const late = orders.filter((order) => isLate(order, now)).length;
  return (
    <Link to={paths.workOrders} className="figure" data-count={late}>
      <Icon name="late" size={16} />
      <b>
        {late}
        {isMore && "+"}
      </b>
      {t("plant.late", { count: late })}
    </Link>
  );
}

function Figure({
  icon,
  state,
  count,
  word,
}: {
  icon: IconName;
  state: Tile["state"];
  count: number;
  word: "plant.running" | "plant.down" | "plant.noData";
}) {
  const t = useTranslations();
  return (
    <span className="figure" data-state={state} data-count={count}>
      <Icon name={icon} size={16} />
      <b>{count}</b>
      {t(word)}
    </span>
  );
}

function EmptyPlant() {
  const t = useTranslations();
  return (
    <div className="empty">
      <h2>{t("plant.empty.title")}</h2>
      <p>{t("plant.empty.detail")}</p>
      <ol>
        <li>{t("plant.empty.workCenter")}</li>
        <li>{t("plant.empty.gateway")}</li>
        <li>{t("plant.empty.agent")}</li>
        <li>{t("plant.empty.bind")}</li>
      </ol>
      <Link to={paths.equipment} className="button button-main">
        {t("plant.empty.toEquipment")}
      </Link>
    </div>
  );
}

/** Sized as the tiles will be. */
function TileSkeletons() {
  return (
    <div className="areas areas-loading">
      <Skeleton count={8} height={252} />
    </div>
  );
}
