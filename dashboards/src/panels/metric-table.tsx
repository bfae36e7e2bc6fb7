import type { Metric } from "@millwright/contracts/api";
import { bindingRoles } from "@millwright/contracts/states/tables";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { DataAge } from "../ui/age.tsx";
import { useFormat } from "../ui/use-format.ts";
import { roleKeys } from "./events/role-keys.ts";
import { MetricRetention } from "./metric-retention.tsx";

/** What the machine says now, metric by metric. */
export function MetricTable({ metrics }: { metrics: readonly Metric[] }) {
  const t = useTranslations();
  const format = useFormat();
  const maySeeRetention = useMay()("setting:read");
  if (metrics.length === 0) return <p className="none">{t("metric.none")}</p>;
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("machine.metrics")}>
        <thead>
          <tr>
            <th>{t("column.metric")}</th>
            <th>{t("column.role")}</th>
            <th className="number">{t("column.value")}</th>
            <th>{t("column.unit")}</th>
            <th>{t("column.quality")}</th>
            <th>{t("column.age")}</th>
            {maySeeRetention && <th className="column-wide">{t("metric.keptFor")}</th>}
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.metricId}>
              <th scope="row">
                {metric.name}
                <span className="address">
                  {metric.groupId}/{metric.edgeNodeId}
                  {metric.deviceId !== null && `/${metric.deviceId}`}
                </span>
              </th>
              <td>
                <RoleName role={metric.role} />
              </td>
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
              {maySeeRetention && (
                <td className="column-wide">
                  <MetricRetention metricId={metric.metricId} name={metric.name} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function RoleName({ role: code }: { role: string | null }) {
  const t = useTranslations();
  if (code === null) return <span className="unbound">{t("metric.unbound")}</span>;
  const role = bindingRoles.find((one) => one === code);
  return role === undefined ? code : t(`bindingRole.${roleKeys[role]}`);
}

export function Quality({ quality }: { quality: Metric["quality"] }) {
  const t = useTranslations();
  return (
    <span className="quality" data-quality={quality}>
      {t(`quality.${quality}`)}
    </span>
  );
}
