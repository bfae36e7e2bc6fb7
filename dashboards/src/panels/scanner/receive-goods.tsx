import type { Scanned } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { itemQuery } from "../../api/engineering-queries.ts";
import { locationsQuery, putAwaysQuery, stockKeys } from "../../api/stock-queries.ts";
import type { Moves } from "../../api/stock-shapes.ts";
import { newUuid } from "../../ui/new-uuid.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { LotEntry } from "./lot-entry.tsx";
import { QuantityEntry } from "./quantity-entry.tsx";
import { type ScanAnswer, ScanBox } from "./scan-box.tsx";

type Goods = {
  /** Of the move that will be posted: sent twice, it acts once. */
  moveId: string;
  itemId: string;
  itemNumber: string;
  itemName: string;
  uom: string;
  lotNumber: string | null;
  /** As the label says. */
  labelQuantity: string | null;
  quantity: string | null;
};
type Received = Goods & { binCode: string };

/** Goods come in: scan the item or lot, enter how many, scan the bin. The bin is suggested. */
export function ReceiveGoods() {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const { data: places } = useQuery(locationsQuery);
  const supplier = places?.rows.find(({ kind }) => kind === "supplier");
  const [goods, setGoods] = useState<Goods | null>(null);
  const [received, setReceived] = useState<readonly Received[]>([]);
  const { data: item } = useQuery({
    ...itemQuery(goods?.itemId ?? ""),
    enabled: goods !== null,
  });
  const { data: bins } = useQuery({
    ...putAwaysQuery(goods?.itemId ?? ""),
    enabled: goods?.quantity != null,
  });
  const post = useCommand<{ goods: Goods; bin: Bin }, unknown>(() => "/api/stock/moves", {
    body: ({ goods, bin }): Moves => ({
      moves: [
        {
          moveId: goods.moveId,
          itemId: goods.itemId,
          quantity: goods.quantity ?? "0",
          fromLocationId: supplier?.locationId ?? "",
          toLocationId: bin.locationId,
          lotNumber: goods.lotNumber,
          reason: "Goods receipt",
        },
      ],
    }),
    onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }),
  });

  const takeItem = (scanned: Scanned): ScanAnswer => {
    if (scanned.kind === "location") return t("scanner.isPlace");
    const { itemId, itemNumber, itemName, uom, lotNumber, quantity } = scanned;
    if (itemId === null) return t("scanner.unknown");
    // A serial is one piece: it cannot come in twice.
    const isAgain = received.some(
      (one) => lotNumber !== null && one.lotNumber === lotNumber && one.itemId === itemId,
    );
    if (isAgain) return t("scanner.receivedAlready", { lot: lotNumber ?? "" });
    setGoods({
      moveId: newUuid(),
      itemId,
      itemNumber: itemNumber ?? "",
      itemName: itemName ?? "",
      uom: uom ?? "",
      lotNumber,
      labelQuantity: quantity,
      quantity: null,
    });
    return null;
  };
  const putInto = (bin: Bin) => {
    if (goods === null || post.isPending) return;
    post.mutate(
      { goods, bin },
      {
        onSuccess: () => {
          setReceived((before) =>
            [{ ...goods, binCode: bin.locationCode }, ...before].slice(0, shownMax),
          );
          setGoods(null);
        },
      },
    );
  };
  const takeBin = ({ kind, locationId, locationCode }: Scanned): ScanAnswer => {
    if (kind !== "location" || locationId === null || locationCode === null) {
      return t("scanner.notPlace");
    }
    putInto({ locationId, locationCode });
    return null;
  };

  if (places !== undefined && supplier === undefined) {
    return <p className="notice">{t("scanner.noSupplier")}</p>;
  }
  const needsLot = goods !== null && item !== undefined && item.tracking !== "none";
  return (
    <div className="scanner-steps">
      {goods === null && <ScanBox prompt={t("scanner.scanItem")} onScan={takeItem} />}
      {goods !== null && <GoodsHead goods={goods} onDrop={() => setGoods(null)} />}
      {goods !== null && needsLot && goods.lotNumber === null && (
        <LotEntry
          label={t(item.tracking === "serial" ? "scanner.serialNumber" : "scanner.lotNumber")}
          onEnter={(lotNumber) => setGoods({ ...goods, lotNumber })}
        />
      )}
      {goods !== null && item !== undefined && !(needsLot && goods.lotNumber === null) && (
        <>
          {goods.quantity === null ? (
            <QuantityEntry
              key={goods.moveId}
              label={t("scanner.howMany")}
              uom={goods.uom}
              initial={goods.labelQuantity ?? (item.tracking === "serial" ? "1" : "")}
              action={t("scanner.next")}
              onEnter={(quantity) => setGoods({ ...goods, quantity })}
            />
          ) : (
            <>
              <p className="scan-quantity">
                {format.quantity(goods.quantity)} {goods.uom}
              </p>
              <ScanBox prompt={t("scanner.scanBin")} onScan={takeBin} />
              <section aria-label={t("scanner.suggestedBins")}>
                <h2>{t("scanner.suggestedBins")}</h2>
                <div className="bin-buttons">
                  {bins?.rows.slice(0, binsShownMax).map((bin) => (
                    <button
                      key={bin.locationId}
                      type="button"
                      className="button bin-button"
                      disabled={post.isPending}
                      onClick={() => putInto(bin)}
                    >
                      <b>{bin.locationCode}</b>
                      <span>
                        {bin.reason === "empty"
                          ? t("scanner.emptyBin")
                          : t("scanner.liesThere", {
                              quantity: format.quantity(bin.quantity),
                              uom: goods.uom,
                            })}
                      </span>
                    </button>
                  ))}
                </div>
              </section>
            </>
          )}
        </>
      )}
      {post.error !== null && <ProblemNote error={post.error} />}
      <ReceivedList received={received} />
    </div>
  );
}

type Bin = { locationId: string; locationCode: string };

const binsShownMax = 6;
/** What one sees of the shift; all of it is under Stock, Moves. */
const shownMax = 30;

function GoodsHead({ goods, onDrop }: { goods: Goods; onDrop: () => void }) {
  const t = useTranslations();
  return (
    <div className="scan-goods">
      <p>
        <b>{goods.itemNumber}</b> {goods.itemName}
        {goods.lotNumber !== null && (
          <span className="address">{t("scanner.lotIs", { lot: goods.lotNumber })}</span>
        )}
      </p>
      <button type="button" className="button" onClick={onDrop}>
        {t("scanner.drop")}
      </button>
    </div>
  );
}

function ReceivedList({ received }: { received: readonly Received[] }) {
  const t = useTranslations();
  const format = useFormat();
  if (received.length === 0) return null;
  return (
    <section aria-label={t("scanner.receivedNow")}>
      <h2>{t("scanner.receivedNow")}</h2>
      <ul className="scan-done">
        {received.map(({ moveId, itemNumber, quantity, uom, lotNumber, binCode }) => (
          <li key={moveId}>
            <b>{itemNumber}</b> {format.quantity(quantity ?? "0")} {uom}
            {lotNumber !== null && ` · ${lotNumber}`} → <b>{binCode}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}
