import type { ReservationOnTheWire, StockBalance } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { stockKeys } from "../../api/stock-queries.ts";
import type { ReservationInput } from "../../api/stock-shapes.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";

/** Keeps some of what lies in a bin for somebody, so that nobody else can take it. */
export function ReserveStock({ of, onClose }: { of: StockBalance; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [quantity, setQuantity] = useState("");
  const [reference, setReference] = useState("");
  const reserve = useCommand<ReservationInput, ReservationOnTheWire>(
    () => "/api/stock/reservations",
    {
      body: (asked) => asked,
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: stockKeys.all });
        onClose();
      },
    },
  );
  const { itemId, locationId, lotId } = of;
  return (
    <FormDialog
      title={t("reservation.title", { item: of.itemNumber, place: of.locationCode })}
      action={t("reservation.reserve")}
      isPending={reserve.isPending}
      error={reserve.error}
      onSubmit={() =>
        reserve.mutate({ itemId, locationId, lotId, quantity: decimal(quantity), reference })
      }
      onClose={onClose}
    >
      <TextField
        label={t("transfer.quantity", { uom: of.uom })}
        hint={t("reservation.free", { quantity: of.available, uom: of.uom })}
        required
        inputMode="decimal"
        pattern={decimalPattern}
        value={quantity}
        onChange={setQuantity}
      />
      <TextField
        label={t("reservation.for")}
        hint={t("reservation.forHint")}
        required
        value={reference}
        onChange={setReference}
      />
    </FormDialog>
  );
}
