import type { Location, Transfer } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { stockKeys } from "../../api/stock-queries.ts";
import type { Receipt } from "../../api/stock-shapes.ts";
import { sumQuantities } from "../../ui/format/quantity.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";
import { LocationField } from "./location-field.tsx";

type Arrived = { itemId: string; quantity: string; lotNumber: string; place: Location | null };

/** What arrived, into bins. When nothing more comes, what is missing is booked out for a reason. */
export function ReceiveTransfer({
  transfer,
  onClose,
}: {
  transfer: Transfer;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const open = transfer.lines.map((line) => ({
    ...line,
    left: sumQuantities([line.shipped, `-${line.received}`, `-${line.lost}`]),
  }));
  const [arrived, setArrived] = useState<Arrived[]>(() =>
    open.map(({ itemId, left }) => ({ itemId, quantity: left, lotNumber: "", place: null })),
  );
  const [isComplete, setComplete] = useState(false);
  const [reason, setReason] = useState("");
  const receive = useCommand<Receipt, Transfer>(
    () => `/api/transfers/${encodeURIComponent(transfer.transferId)}/receipt`,
    {
      body: (asked) => asked,
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: stockKeys.all });
        onClose();
      },
    },
  );
  const isMissing = open.some(
    ({ left }, index) => Number(left) > Number(decimal(arrived[index]?.quantity ?? "0")),
  );
  const submit = () =>
    receive.mutate({
      lines: arrived.flatMap(({ itemId, quantity, lotNumber, place }) =>
        place === null || Number(decimal(quantity)) === 0
          ? []
          : [
              {
                itemId,
                locationId: place.locationId,
                lotNumber: lotNumber.trim() || null,
                quantity: decimal(quantity),
              },
            ],
      ),
      isComplete,
      reason: isComplete && isMissing ? reason : "",
    });
  return (
    <FormDialog
      title={t("transfer.receiveTitle", { number: transfer.number })}
      action={t("transferCommand.receive")}
      isPending={receive.isPending}
      error={receive.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {open.map((line, index) => {
        const one = arrived[index];
        if (one === undefined) return null;
        const set = (part: Partial<Arrived>) =>
          setArrived(arrived.with(index, { ...one, ...part }));
        return (
          <fieldset key={line.itemId} className="receipt-line">
            <legend>
              {line.itemNumber}{" "}
              <span className="unit">
                {t("transfer.onTheWay", { quantity: line.left, uom: line.itemUom })}
              </span>
            </legend>
            <TextField
              label={t("transfer.arrived", { uom: line.itemUom })}
              required
              inputMode="decimal"
              pattern={decimalPattern}
              value={one.quantity}
              onChange={(quantity) => set({ quantity })}
            />
            {Number(decimal(one.quantity)) !== 0 && (
              <LocationField
                label={t("transfer.intoBin")}
                kinds={bins}
                onChange={(place) => set({ place })}
              />
            )}
            <TextField
              label={t("transfer.lotIfAny")}
              maxLength={80}
              value={one.lotNumber}
              onChange={(lotNumber) => set({ lotNumber })}
            />
          </fieldset>
        );
      })}
      <label className="check">
        <input
          type="checkbox"
          checked={isComplete}
          onChange={(event) => setComplete(event.target.checked)}
        />
        {t("transfer.nothingMore")}
      </label>
      {isComplete && isMissing && (
        <TextField
          label={t("transfer.missingReason")}
          hint={t("transfer.missingHint")}
          required
          maxLength={500}
          value={reason}
          onChange={setReason}
        />
      )}
    </FormDialog>
  );
}

const bins = ["bin"] as const;
