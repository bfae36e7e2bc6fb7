import type { MetricRetention } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { retentionsQuery } from "../api/analytics-queries.ts";
import { TextField } from "../ui/text-field.tsx";
import { useSave } from "../ui/use-save.ts";
import { FormDialog } from "./form-dialog.tsx";

/** How long the raw readings of a metric are kept: a time of its own, or the company's. */
export function KeepMetric({
  name,
  retention,
  defaultRawDays,
  onClose,
}: {
  name: string;
  retention: MetricRetention;
  defaultRawDays: number;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [days, setDays] = useState(String(retention.rawDays ?? ""));
  const path = `/api/metric-retentions/${retention.metricId}`;
  const save = useSave<{ rawDays: number | null }, MetricRetention>("PUT", () => path, {
    body: (asked) => asked,
    version: () => retention.version,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: retentionsQuery.queryKey });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("metric.keepTitle", { metric: name })}
      action={t("action.save")}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate({ rawDays: days.trim() === "" ? null : Number(days) })}
      onClose={onClose}
    >
      <TextField
        label={t("metric.keepDays")}
        hint={t("metric.keepHint", { days: defaultRawDays })}
        inputMode="numeric"
        pattern="\s*[1-9]\d{0,3}\s*"
        value={days}
        onChange={setDays}
      />
    </FormDialog>
  );
}
