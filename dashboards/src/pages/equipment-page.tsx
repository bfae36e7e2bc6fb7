import type { Metric } from "@millwright/contracts/api";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { edgeNodesQuery, equipmentQuery, keys, metricsQuery } from "../api/queries.ts";
import type { EdgeNode, Equipment } from "../api/shapes.ts";
import { AddWorkCenter } from "../forms/add-work-center.tsx";
import { BindMetric } from "../forms/bind-metric.tsx";
import { RegisterGateway } from "../forms/register-gateway.tsx";
import { FileMenu } from "../panels/lists/list-files.tsx";
import { Quality, RoleName } from "../panels/metric-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { DataAge, Lasting } from "../ui/age.tsx";
import { Icon } from "../ui/icon.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { useFormat } from "../ui/use-format.ts";

/** What stands in the plant, what is connected, and what its signals mean. Here a PLC is connected. */
export function EquipmentPage() {
  const t = useTranslations();
  const query = useQuery(equipmentQuery);
  const mayReadGateways = useMay()("edge_node:read");
  return (
    <>
      <PageHead title={t("page.equipment")} />
      <Loaded query={query} skeleton={<Skeleton count={3} height={200} />}>
        {(equipment) => (
          <>
            <div className="columns">
              <Hierarchy equipment={equipment} />
              {mayReadGateways && <Gateways />}
            </div>
            <Metrics equipment={equipment} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Hierarchy({ equipment }: { equipment: Equipment }) {
  const t = useTranslations();
  const mayAdd = useMay()("equipment:change");
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={t("equipment.hierarchy", { site: equipment.siteName })}
      actions={
        <div className="list-head">
          <FileMenu
            title={t("equipment.workCenters")}
            path="/api/work-centers"
            importKey={mayAdd ? keys.equipment : null}
          />
          {mayAdd && (
            <button type="button" className="button" onClick={() => setAdding(true)}>
              <Icon name="add" size={16} /> {t("equipment.addWorkCenter")}
            </button>
          )}
        </div>
      }
    >
      {equipment.areas.length === 0 && <p className="none">{t("equipment.noWorkCenters")}</p>}
      <ul className="tree">
        {equipment.areas.map((area) => (
          <li key={area.areaId}>
            <b>{area.name}</b>
            <ul>
              {area.workCenters.map((center) => (
                <li key={center.workCenterId}>
                  <span>{center.name}</span>
                  <span className="tree-units">
                    {center.workUnits.length === 0 && t("tile.bench")}
                    {center.workUnits.map((unit) => (
                      <Link
                        key={unit.workUnitId}
                        to={paths.machine}
                        params={{ workUnitId: unit.workUnitId }}
                        aria-label={t("equipment.openMachine", { name: unit.name })}
                      >
                        {unit.name === center.name ? t("equipment.machine") : unit.name}
                      </Link>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {isAdding && (
        <AddWorkCenter
          areas={equipment.areas.map((area) => area.name)}
          onClose={() => setAdding(false)}
        />
      )}
    </Panel>
  );
}

function Gateways() {
  const t = useTranslations();
  const query = useQuery(edgeNodesQuery);
  const mayRegister = useMay()("edge_node:register");
  const [isRegistering, setRegistering] = useState(false);
  return (
    <Panel
      title={t("equipment.gateways")}
      actions={
        mayRegister && (
          <button type="button" className="button" onClick={() => setRegistering(true)}>
            <Icon name="add" size={16} /> {t("equipment.registerGateway")}
          </button>
        )
      }
    >
      <Loaded query={query} skeleton={<Skeleton count={2} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("equipment.noGateways")}</p>
          ) : (
            <ul className="gateways" aria-label={t("equipment.gateways")}>
              {rows.map((node) => (
                <Gateway key={`${node.groupId}/${node.edgeNodeId}`} node={node} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isRegistering && <RegisterGateway onClose={() => setRegistering(false)} />}
    </Panel>
  );
}

function Gateway({ node }: { node: EdgeNode }) {
  const t = useTranslations();
  const isNew = node.since === null;
  const word = node.isOnline ? "online" : isNew ? "never" : "offline";
  return (
    <li>
      <span className="gateway-state" data-online={node.isOnline}>
        <Icon name={node.isOnline ? "check" : "no_data"} size={16} /> {t(`gatewayState.${word}`)}
      </span>
      <b>{node.edgeNodeId}</b>
      <span className="address">
        {node.groupId}/{node.edgeNodeId}
      </span>
      <span className="gateway-since">{node.since !== null && <Lasting since={node.since} />}</span>
    </li>
  );
}

function Metrics({ equipment }: { equipment: Equipment }) {
  const t = useTranslations();
  const query = useInfiniteQuery(metricsQuery);
  const [binding, setBinding] = useState<BindableMetric | null>(null);
  return (
    <Panel
      title={t("equipment.metrics")}
      actions={<FileMenu title={t("equipment.metrics")} path="/api/metrics" />}
    >
      <Loaded query={query} skeleton={<Skeleton count={8} height={44} />}>
        {({ pages }) => {
          const metrics = pages.flatMap((page) => page.rows);
          if (metrics.length === 0) return <p className="none">{t("equipment.noMetrics")}</p>;
          return (
            <div className="table-frame">
              <table className="table" aria-label={t("equipment.metrics")}>
                <thead>
                  <tr>
                    <th>{t("column.device")}</th>
                    <th>{t("column.metric")}</th>
                    <th className="number">{t("column.value")}</th>
                    <th>{t("column.unit")}</th>
                    <th>{t("column.quality")}</th>
                    <th>{t("column.age")}</th>
                    <th>{t("column.role")}</th>
                    <th>
                      <span className="visually-hidden">{t("bind.action")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {metrics.map((metric) => (
                    <MetricRow
                      key={`${metric.metricId} ${metric.role ?? ""}`}
                      metric={metric}
                      onBind={setBinding}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
      {query.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("action.more")}
        </button>
      )}
      {binding !== null && (
        <BindMetric metric={binding} equipment={equipment} onClose={() => setBinding(null)} />
      )}
    </Panel>
  );
}

/** Metrics of the gateway itself have no device and mean nothing to a machine. */
type BindableMetric = Metric & { deviceId: string };

function isBindable(metric: Metric): metric is BindableMetric {
  return metric.deviceId !== null;
}

function MetricRow({
  metric,
  onBind,
}: {
  metric: Metric;
  onBind: (metric: BindableMetric) => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const mayBind = useMay()("equipment:change");
  return (
    <tr>
      <td>
        {metric.deviceId ?? "–"}
        <span className="address">
          {metric.groupId}/{metric.edgeNodeId}
        </span>
      </td>
      <th scope="row">{metric.name}</th>
      <td className="number">
        {metric.value === null ? t("value.noData") : format.value(metric.value)}
      </td>
      <td>{metric.unit || "–"}</td>
      <td>
        <Quality quality={metric.quality} />
      </td>
      <td>
        <DataAge time={metric.sourceTime} isHeld={metric.quality === "good"} />
      </td>
      <td>
        <RoleName role={metric.role} />
      </td>
      <td className="cell-action">
        {mayBind && isBindable(metric) && (
          <button
            type="button"
            className="button button-small"
            aria-label={t("bind.title", { metric: metric.name })}
            onClick={() => onBind(metric)}
          >
            {t(metric.role === null ? "bind.action" : "bind.again")}
          </button>
        )}
      </td>
    </tr>
  );
}
