import type { Plan } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { planningKeys } from "../../api/planning-queries.ts";
import type { MrpRunInput } from "../../api/planning-shapes.ts";
import { paths } from "../../paths.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";
import { QuantityAndDay } from "./quantity-and-day.tsx";

/** A plan as if one more order came: nothing of it can be released, and it can be compared. */
export function PlanWhatIf({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { today } = useFormat();
  const [name, setName] = useState("");
  const [item, setItem] = useState<PickedItem | null>(null);
  const [quantity, setQuantity] = useState("");
  const [dueDay, setDueDay] = useState(today());
  const run = useCommand<MrpRunInput, Plan>(() => "/api/planning/mrp-runs", {
    body: (asked) => asked,
    onSuccess: async ({ planId }) => {
      await client.invalidateQueries({ queryKey: planningKeys.plans });
      await navigate({ to: paths.plan, params: { planId } });
    },
  });
  const submit = () => {
    if (item === null) return;
    const demand = { itemId: item.itemId, quantity: decimal(quantity), dueDay };
    run.mutate({ name: name.trim(), extraDemands: [demand] });
  };
  return (
    <FormDialog
      title={t("planning.planWhatIf")}
      action={t("planning.runMrp")}
      isPending={run.isPending}
      error={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="hint">{t("planning.whatIfHint")}</p>
      <TextField label={t("planning.whatIfName")} required value={name} onChange={setName} />
      <ItemPicker label={t("column.item")} picked={item} isRequired onPick={setItem} />
      <QuantityAndDay
        uom={item?.uom ?? ""}
        quantity={quantity}
        dueDay={dueDay}
        onQuantity={setQuantity}
        onDueDay={setDueDay}
      />
    </FormDialog>
  );
}
