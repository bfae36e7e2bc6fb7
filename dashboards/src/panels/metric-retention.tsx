import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { retentionsQuery } from "../api/analytics-queries.ts";
import { useMay } from "../api/identity-queries.ts";
import { KeepMetric } from "../forms/keep-metric.tsx";

/** How long the raw readings of a metric are kept; a button for who may change it. */
export function MetricRetention({ metricId, name }: { metricId: string; name: string }) {
  const t = useTranslations();
  const mayChange = useMay()("setting:change");
  const { data } = useQuery(retentionsQuery);
  const [isOpen, setOpen] = useState(false);
  if (data === undefined) return null;
  const own = data.rows.find((row) => row.metricId === metricId);
  const retention = own ?? { metricId, rawDays: null, version: 0 };
  const words = t("metric.kept", { days: retention.rawDays ?? data.defaultRawDays });
  if (!mayChange) return words;
  return (
    <>
      <button
        type="button"
        className="button-link"
        aria-label={t("metric.keepTitle", { metric: name })}
        onClick={() => setOpen(true)}
      >
        {words}
      </button>
      {isOpen && (
        <KeepMetric
          name={name}
          retention={retention}
          defaultRawDays={data.defaultRawDays}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
