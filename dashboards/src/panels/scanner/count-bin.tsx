import type { CycleCount, Scanned } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { stockKeys } from "../../api/stock-queries.ts";
import type { CountReport } from "../../api/stock-shapes.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Panel } from "../../ui/panel.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { QuantityEntry } from "./quantity-entry.tsx";
import { type ScanAnswer, ScanBox } from "./scan-box.tsx";

type Found = {
  itemId: string;
  itemNumber: string;
  itemName: string;
  uom: string;
  lotNumber: string | null;
  quantity: string;
};

/**
 * A blind count of one bin: scan each item or lot, enter how many lie there, report. What the books say
 * is not shown, so that nobody counts towards it.
 */
export function CountBin({ count }: { count: CycleCount }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const mayReport = useMay()("cycle_count:report");
  const [found, setFound] = useState<readonly Found[]>([]);
  const [current, setCurrent] = useState<Found | null>(null);
  const [isAsked, setAsked] = useState(false);
  const report = useCommand<CountReport, CycleCount>(
    () => `/api/cycle-counts/${encodeURIComponent(count.countId)}/report`,
    {
      body: (asked) => asked,
      onSuccess: async (counted) => {
        client.setQueryData(stockKeys.count(count.countId), counted);
        await client.invalidateQueries({ queryKey: stockKeys.all });
      },
    },
  );
  const take = (scanned: Scanned): ScanAnswer => {
    const { kind, itemId, itemNumber, itemName, uom, lotNumber, quantity } = scanned;
    if (kind === "location") return t("scanner.isPlace");
    if (itemId === null) return t("scanner.unknown");
    const known = found.find((one) => isSame(one, { itemId, lotNumber }));
    if (known !== undefined) {
      return t("scanner.countedAlready", {
        item: known.itemNumber,
        quantity: format.quantity(known.quantity),
        uom: known.uom,
      });
    }
    setCurrent({
      itemId,
      itemNumber: itemNumber ?? "",
      itemName: itemName ?? "",
      uom: uom ?? "",
      lotNumber,
      quantity: quantity ?? "",
    });
    return null;
  };
  if (!mayReport) return <p className="notice">{t("count.notYours")}</p>;
  return (
    <Panel title={t("count.countTitle")}>
      <div className="scanner-steps">
        {current === null ? (
          <ScanBox prompt={t("scanner.scanItem")} onScan={take} />
        ) : (
          <>
            <div className="scan-goods">
              <p>
                <b>{current.itemNumber}</b> {current.itemName}
                {current.lotNumber !== null && (
                  <span className="address">{t("scanner.lotIs", { lot: current.lotNumber })}</span>
                )}
              </p>
              <button type="button" className="button" onClick={() => setCurrent(null)}>
                {t("scanner.drop")}
              </button>
            </div>
            <QuantityEntry
              label={t("count.howMany")}
              uom={current.uom}
              initial={current.quantity}
              action={t("scanner.next")}
              onEnter={(quantity) => {
                const others = found.filter((one) => !isSame(one, current));
                setFound([...others, { ...current, quantity }]);
                setCurrent(null);
              }}
            />
          </>
        )}
        <ul className="scan-done" aria-label={t("count.found")}>
          {found.map((one) => (
            <li key={`${one.itemId} ${one.lotNumber}`}>
              <span>
                <b>{one.itemNumber}</b> {one.lotNumber ?? ""}
              </span>
              <b className="scan-count">
                {format.quantity(one.quantity)} {one.uom}
              </b>
              <button type="button" className="button" onClick={() => setCurrent(one)}>
                {t("action.edit")}
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={t("count.removeLine", { item: one.itemNumber })}
                onClick={() => setFound(found.filter((other) => other !== one))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
        <button
          type="button"
          className="button button-main scan-button"
          disabled={current !== null}
          onClick={() => setAsked(true)}
        >
          {t("count.report")}
        </button>
      </div>
      {isAsked && (
        <FormDialog
          title={t("count.reportTitle", { bin: count.locationCode })}
          action={t("count.report")}
          isPending={report.isPending}
          error={report.error}
          onSubmit={() =>
            report.mutate({
              lines: found.map(({ itemId, lotNumber, quantity }) => ({
                itemId,
                lotNumber,
                quantity,
              })),
            })
          }
          onClose={() => setAsked(false)}
        >
          <p>
            {found.length === 0
              ? t("count.reportEmpty")
              : t("count.reportAll", { count: found.length })}
          </p>
        </FormDialog>
      )}
    </Panel>
  );
}

type Named = { itemId: string; lotNumber: string | null };

function isSame(one: Named, other: Named): boolean {
  return one.itemId === other.itemId && one.lotNumber === other.lotNumber;
}
