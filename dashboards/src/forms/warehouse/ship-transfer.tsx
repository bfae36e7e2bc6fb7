import type { Transfer } from "@millwright/contracts/api";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { picksQuery, stockKeys } from "../../api/stock-queries.ts";
import type { Shipment } from "../../api/stock-shapes.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FormDialog } from "../form-dialog.tsx";

/** Sends a transfer off, from the bins that are suggested: first expired, then first in, first out. */
export function ShipTransfer({ transfer, onClose }: { transfer: Transfer; onClose: () => void }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const found = useQueries({
    queries: transfer.lines.map(({ itemId, quantity }) =>
      picksQuery({ itemId, quantity, withinId: transfer.fromId }),
    ),
  });
  const lines = found.flatMap(({ data }) => data?.rows ?? []);
  const missing = transfer.lines.flatMap((line, index) => {
    const short = found[index]?.data?.missing;
    return short === undefined || Number(short) === 0 ? [] : [{ ...line, short }];
  });
  const ship = useCommand<Shipment, Transfer>(
    () => `/api/transfers/${encodeURIComponent(transfer.transferId)}/shipment`,
    {
      body: (asked) => asked,
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: stockKeys.all });
        onClose();
      },
    },
  );
  const failed = found.find(({ error }) => error !== null)?.error ?? null;
  return (
    <FormDialog
      title={t("transfer.shipTitle", { number: transfer.number })}
      action={t("transferCommand.ship")}
      isPending={ship.isPending || found.some(({ isPending }) => isPending)}
      error={ship.error ?? failed}
      onSubmit={() =>
        ship.mutate({
          lines: lines.map(({ itemId, locationId, lotNumber, quantity }) => ({
            itemId,
            locationId,
            lotNumber,
            quantity,
          })),
        })
      }
      onClose={onClose}
    >
      <p>{t("transfer.shipDetail")}</p>
      <div className="table-frame">
        <table className="table" aria-label={t("transfer.fromBins")}>
          <thead>
            <tr>
              <th>{t("column.item")}</th>
              <th>{t("stock.place")}</th>
              <th>{t("stock.lot")}</th>
              <th className="number">{t("stock.quantity")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={`${line.itemId} ${line.locationId} ${line.lotId}`}>
                <th scope="row">{line.itemNumber}</th>
                <td>{line.locationCode}</td>
                <td>{line.lotNumber ?? "–"}</td>
                <td className="number">
                  <Quantity value={line.quantity} uom={line.uom} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {missing.map(({ itemId, itemNumber, itemUom, short }) => (
        <p key={itemId} className="notice">
          {t("transfer.short", {
            item: itemNumber,
            quantity: format.quantity(short),
            uom: itemUom,
          })}
        </p>
      ))}
    </FormDialog>
  );
}
