import type { Location, Transfer } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { stockKeys } from "../../api/stock-queries.ts";
import type { TransferInput } from "../../api/stock-shapes.ts";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";
import { LocationField } from "./location-field.tsx";

type Line = { key: number; item: PickedItem | null; quantity: string };

/** What shall go from one warehouse to another. */
export function DraftTransfer({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [from, setFrom] = useState<Location | null>(null);
  const [to, setTo] = useState<Location | null>(null);
  const [note, setNote] = useState("");
  const [lines, setLines] = useState<Line[]>([{ key: 0, item: null, quantity: "" }]);
  const create = useCommand<TransferInput, Transfer>(() => "/api/transfers", {
    body: (asked) => asked,
    onSuccess: async ({ transferId }) => {
      await client.invalidateQueries({ queryKey: stockKeys.transfers });
      await navigate({ to: paths.transfer, params: { transferId } });
    },
  });
  const submit = () => {
    if (from === null || to === null) return;
    create.mutate({
      fromId: from.locationId,
      toId: to.locationId,
      note,
      lines: lines.flatMap(({ item, quantity }) =>
        item === null ? [] : [{ itemId: item.itemId, quantity: decimal(quantity) }],
      ),
    });
  };
  return (
    <FormDialog
      title={t("transfer.new")}
      action={t("bom.draft")}
      isPending={create.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-pair">
        <LocationField label={t("stock.from")} kinds={places} onChange={setFrom} />
        <LocationField label={t("stock.to")} kinds={places} onChange={setTo} />
      </div>
      {lines.map((line, index) => (
        <div key={line.key} className="transfer-line">
          <ItemPicker
            label={t("column.item")}
            picked={line.item}
            isRequired
            onPick={(item) => setLines(lines.with(index, { ...line, item }))}
          />
          <TextField
            label={t("transfer.quantity", { uom: line.item?.uom ?? "" })}
            required
            inputMode="decimal"
            pattern={decimalPattern}
            value={line.quantity}
            onChange={(quantity) => setLines(lines.with(index, { ...line, quantity }))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("transfer.removeLine", { number: index + 1 })}
            disabled={lines.length === 1}
            onClick={() => setLines(lines.toSpliced(index, 1))}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button button-start"
        onClick={() => {
          const key = 1 + Math.max(...lines.map((one) => one.key));
          setLines([...lines, { key, item: null, quantity: "" }]);
        }}
      >
        <Icon name="add" size={16} /> {t("transfer.addLine")}
      </button>
      <TextField label={t("bom.line.note")} maxLength={2000} value={note} onChange={setNote} />
    </FormDialog>
  );
}

const places = ["warehouse", "zone", "site"] as const;
