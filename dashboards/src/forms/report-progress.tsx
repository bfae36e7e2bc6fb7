import type { Operation, WorkOrder } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { keys, plantQuery } from "../api/queries.ts";
import { Field } from "../ui/field.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { useCommand } from "../ui/use-command.ts";

/** At a bench without a counter a person reports the pieces of the operation that is open there. */
export function ReportProgress({ order }: { order: WorkOrder }) {
  const may = useMay();
  const { data: plant } = useQuery({ ...plantQuery, enabled: may("machine:read") });
  const manual = new Set(
    plant?.tiles.filter((tile) => tile.workUnitId === null).map((tile) => tile.workCenterId),
  );
  const open = order.operations.filter(
    (operation) => manual.has(operation.workCenterId) && openStates.includes(operation.state),
  );
  if (!may("work_order:report_progress")) return null;
  return open.map((operation) => (
    <ReportForm key={operation.step} order={order} operation={operation} />
  ));
}

const openStates: readonly string[] = ["ready", "setup", "running"];

function ReportForm({ order, operation }: { order: WorkOrder; operation: Operation }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [good, setGood] = useState("");
  const [scrap, setScrap] = useState("0");
  const report = useCommand<{ good: string; scrap: string }, WorkOrder>(
    () =>
      `/api/work-orders/${encodeURIComponent(order.workOrderId)}/operations/${operation.step}/progress`,
    {
      body: (asked) => asked,
      onSuccess: (answer) => {
        client.setQueryData(keys.workOrder(order.workOrderId), answer);
        setGood("");
        setScrap("0");
      },
    },
  );
  const name = `${operation.step} ${operation.name}`;
  return (
    <form
      className="form-line"
      aria-label={t("report.title", { operation: name })}
      onSubmit={(event) => {
        event.preventDefault();
        if (!report.isPending) report.mutate({ good, scrap });
      }}
    >
      <b>{t("report.title", { operation: name })}</b>
      <PiecesField label={t("report.good", { uom: order.uom })} value={good} onChange={setGood} />
      <PiecesField
        label={t("report.scrap", { uom: order.uom })}
        value={scrap}
        onChange={setScrap}
      />
      <button type="submit" className="button button-main" disabled={report.isPending}>
        {t("report.action")}
      </button>
      {report.error !== null && <ProblemNote error={report.error} />}
    </form>
  );
}

function PiecesField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          className="input input-short"
          required
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          value={value}
          onChange={(event) => onChange(event.target.value.trim())}
        />
      )}
    </Field>
  );
}
