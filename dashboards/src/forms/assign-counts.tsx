import type { UnassignedCount, WorkOrder } from "@millwright/contracts/api";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { unassignedKey } from "../api/count-queries.ts";
import { keys, openOrdersQuery, workOrderQuery } from "../api/queries.ts";
import { Field } from "../ui/field.tsx";
import { useCommand } from "../ui/use-command.ts";
import { FormDialog } from "./form-dialog.tsx";

/** States of orders that may still take pieces; a completed one takes them as a correction. */
const takers = ["in_progress", "released", "on_hold", "completed"] as const;

/** Gives the pieces of one machine and hour to an operation of an order. */
export function AssignCounts({ count, onClose }: { count: UnassignedCount; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [workOrderId, setWorkOrderId] = useState("");
  const [step, setStep] = useState("");
  const lists = useQueries({ queries: takers.map((state) => openOrdersQuery(state)) });
  const orders = lists.flatMap(({ data }) => data?.rows ?? []);
  const { data: order } = useQuery({ ...workOrderQuery(workOrderId), enabled: workOrderId !== "" });
  const operations = order?.operations ?? [];
  // The step of the machine's own work center is what is meant nearly always.
  const meant = operations.find(({ workCenterId }) => workCenterId === count.workCenterId);
  const chosen = step === "" ? String(meant?.step ?? operations[0]?.step ?? "") : step;
  const assign = useCommand<null, WorkOrder>(() => "/api/unassigned-counts/assignment", {
    body: () => ({
      workUnitId: count.workUnitId,
      from: count.from,
      to: count.to,
      workOrderId,
      step: Number(chosen),
    }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: unassignedKey });
      await client.invalidateQueries({ queryKey: keys.workOrders });
      onClose();
    },
  });
  const { good, scrap, workUnitName: machine } = count;
  return (
    <FormDialog
      title={t("unassigned.assignTitle", { good, scrap, machine })}
      action={t("unassigned.assign")}
      isPending={assign.isPending}
      error={assign.error}
      onSubmit={() => assign.mutate(null)}
      onClose={onClose}
    >
      <Field label={t("unassigned.order")} hint={t("unassigned.orderHint")}>
        {(control) => (
          <select
            {...control}
            className="select"
            required
            value={workOrderId}
            onChange={(event) => {
              setWorkOrderId(event.target.value);
              setStep("");
            }}
          >
            <option value="">—</option>
            {orders.map((one) => (
              <option key={one.workOrderId} value={one.workOrderId}>
                {one.number} · {one.itemNumber} · {t(`workOrderState.${one.state}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {orders.length === 0 && <p className="hint">{t("unassigned.noOrders")}</p>}
      {operations.length > 0 && (
        <Field label={t("unassigned.step")}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={chosen}
              onChange={(event) => setStep(event.target.value)}
            >
              {operations.map((one) => (
                <option key={one.step} value={one.step}>
                  {one.step} · {one.name} · {one.workCenterName}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </FormDialog>
  );
}
