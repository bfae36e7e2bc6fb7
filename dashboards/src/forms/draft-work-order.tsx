import type { Item, WorkOrder } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { itemsQuery, keys } from "../api/queries.ts";
import type { DraftWorkOrder as Draft } from "../api/shapes.ts";
import { paths } from "../paths.ts";
import { Field } from "../ui/field.tsx";
import { endOfSiteDay } from "../ui/format/site-time.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useCommand } from "../ui/use-command.ts";
import { useFormat } from "../ui/use-format.ts";
import { FormDialog } from "./form-dialog.tsx";

/** Item, quantity and due date make a draft; its page opens when it is there. */
export function DraftWorkOrder({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const { timeZone } = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [item, setItem] = useState<Item | null>(null);
  const [quantity, setQuantity] = useState("");
  const [dueDay, setDueDay] = useState("");
  const draft = useCommand<DraftBody, WorkOrder>(() => "/api/work-orders", {
    body: (asked) => asked,
    onSuccess: async (order) => {
      await client.invalidateQueries({ queryKey: keys.workOrders });
      await navigate({ to: paths.workOrder, params: { workOrderId: order.workOrderId } });
    },
  });
  const submit = () => {
    if (item === null) return;
    const dueDate = dueDay === "" ? null : endOfSiteDay(dueDay, timeZone);
    draft.mutate({ itemId: item.itemId, quantity, dueDate });
  };
  return (
    <FormDialog
      title={t("workOrder.new")}
      action={t("workOrder.draft")}
      isPending={draft.isPending}
      error={draft.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <ItemPicker item={item} onPick={setItem} />
      <Field label={t("form.quantity")} hint={t("form.quantityHint")}>
        {(control) => (
          <span className="input-with-unit">
            <input
              {...control}
              className="input"
              required
              inputMode="decimal"
              pattern="\d+(\.\d+)?"
              value={quantity}
              onChange={(event) => setQuantity(event.target.value.trim())}
            />
            <span className="unit">{item?.uom}</span>
          </span>
        )}
      </Field>
      <Field label={t("form.dueDate")} hint={t("form.dueDateHint", { timeZone })}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="date"
            value={dueDay}
            onChange={(event) => setDueDay(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}

/** The body on the wire: the contract brands quantities, a form has only text until it is checked. */
type DraftBody = Omit<Draft, "quantity"> & { quantity: string };

function ItemPicker({ item, onPick }: { item: Item | null; onPick: (item: Item | null) => void }) {
  const t = useTranslations();
  const query = useQuery(itemsQuery(""));
  return (
    <Loaded query={query} skeleton={<Skeleton height={72} />}>
      {({ rows, nextCursor }) => {
        const makeable = rows.filter((row) => row.kind === "make" && row.operations.length > 0);
        if (makeable.length === 0) return <p className="hint">{t("form.noItems")}</p>;
        return (
          <Field
            label={t("column.item")}
            {...(nextCursor !== null && { hint: t("form.firstItems", { count: rows.length }) })}
          >
            {(control) => (
              <select
                {...control}
                className="select"
                required
                value={item?.itemId ?? ""}
                onChange={(event) =>
                  onPick(makeable.find((row) => row.itemId === event.target.value) ?? null)
                }
              >
                <option value="">{t("form.choose")}</option>
                {makeable.map((row) => (
                  <option key={row.itemId} value={row.itemId}>
                    {row.number} · {row.name} (
                    {t("form.operations", { count: row.operations.length })})
                  </option>
                ))}
              </select>
            )}
          </Field>
        );
      }}
    </Loaded>
  );
}
