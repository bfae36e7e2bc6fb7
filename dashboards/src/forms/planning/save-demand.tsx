import type { Demand } from "@millwright/contracts/api";
import { demandKinds } from "@millwright/contracts/states/planning";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { deleteJson } from "../../api/client.ts";
import { planningKeys } from "../../api/planning-queries.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useSave } from "../../ui/use-save.ts";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";
import { QuantityAndDay } from "./quantity-and-day.tsx";
import { SiteField } from "./site-field.tsx";

type Asked = {
  kind: Demand["kind"];
  itemId: string;
  quantity: string;
  dueDay: string;
  siteId: string | null;
  reference: string;
};

/** A new demand, or a change of one; its item stays when it is changed. */
export function SaveDemand({ demand, onClose }: { demand: Demand | null; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [item, setItem] = useState<PickedItem | null>(null);
  const [kind, setKind] = useState<Demand["kind"]>(demand?.kind ?? "sales_order");
  const [quantity, setQuantity] = useState(demand?.quantity ?? "");
  const [dueDay, setDueDay] = useState(demand?.dueDay ?? "");
  const [siteId, setSiteId] = useState(demand?.siteId ?? null);
  const [reference, setReference] = useState(demand?.reference ?? "");
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: planningKeys.demands });
    onClose();
  };
  const body = (asked: Asked) => asked;
  const create = useCommand<Asked, Demand>(() => "/api/planning/demands", { body, onSuccess });
  const path = `/api/planning/demands/${demand?.demandId ?? ""}`;
  const version = () => demand?.version ?? null;
  const change = useSave<Asked, Demand>("PUT", () => path, { body, version, onSuccess });
  const remove = useMutation({ mutationFn: () => deleteJson(path), onSuccess });
  const itemId = demand?.itemId ?? item?.itemId;
  const submit = () => {
    if (itemId === undefined) return;
    const asked = { kind, itemId, quantity: decimal(quantity), dueDay, siteId, reference };
    if (demand === null) create.mutate(asked);
    else change.mutate(asked);
  };
  return (
    <FormDialog
      title={t(demand === null ? "planning.newDemand" : "planning.changeDemand")}
      action={t("planning.save")}
      isPending={create.isPending || change.isPending}
      error={create.error ?? change.error ?? remove.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {demand === null ? (
        <ItemPicker label={t("column.item")} picked={item} isRequired onPick={setItem} />
      ) : (
        <p>
          <b>{demand.itemNumber}</b> {demand.itemName}
        </p>
      )}
      <QuantityAndDay
        uom={demand?.uom ?? item?.uom ?? ""}
        quantity={quantity}
        dueDay={dueDay}
        onQuantity={setQuantity}
        onDueDay={setDueDay}
      />
      <SelectField
        label={t("planning.kind")}
        value={kind}
        options={demandKinds.map((value) => ({ value, title: t(`planning.demandKind.${value}`) }))}
        onChange={setKind}
      />
      <SiteField siteId={siteId} onChange={setSiteId} />
      <TextField label={t("planning.reference")} value={reference} onChange={setReference} />
      {demand !== null && (
        <button
          type="button"
          className="button button-start"
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {t("planning.deleteDemand")}
        </button>
      )}
    </FormDialog>
  );
}
