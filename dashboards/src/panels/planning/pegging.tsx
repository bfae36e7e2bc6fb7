import type { Peg } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { pegsQuery } from "../../api/planning-queries.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** What an order is for and what it is made of, through all levels. */
export function Pegging({
  planId,
  orderNumber,
  onClose,
}: {
  planId: string;
  orderNumber: number;
  onClose: () => void;
}) {
  const t = useTranslations();
  return (
    <Dialog title={t("planning.pegging", { number: orderNumber })} onClose={onClose}>
      <h3>{t("planning.up")}</h3>
      <Pegs planId={planId} orderNumber={orderNumber} direction="up" />
      <h3>{t("planning.down")}</h3>
      <Pegs planId={planId} orderNumber={orderNumber} direction="down" />
    </Dialog>
  );
}

function Pegs(asked: { planId: string; orderNumber: number; direction: "up" | "down" }) {
  const t = useTranslations();
  const format = useFormat();
  const query = useQuery(pegsQuery(asked.planId, asked.orderNumber, asked.direction));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={32} />}>
      {({ rows, isComplete }) => (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th>{t("column.item")}</th>
                <th className="number">{t("planning.quantity")}</th>
                <th>{t("planning.supply")}</th>
                <th>{t("planning.need")}</th>
                <th>{t("planning.needDay")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((peg) => (
                <tr key={keyOf(peg)}>
                  <th scope="row">
                    {peg.itemNumber}{" "}
                    {peg.insteadOfItemNumber !== null && (
                      <span className="address">
                        {t("planning.insteadOf", { item: peg.insteadOfItemNumber })}
                      </span>
                    )}{" "}
                    {peg.siteCode !== null && <span className="address">{peg.siteCode}</span>}
                  </th>
                  <td className="number">
                    <Quantity value={peg.quantity} uom={peg.uom} />
                  </td>
                  <td>
                    <End end={peg.supply} />
                  </td>
                  <td>
                    <End end={peg.need} />
                  </td>
                  <td>{format.day(peg.needDay)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {!isComplete && <p>{t("planning.cut")}</p>}
        </div>
      )}
    </Loaded>
  );
}

function End({ end: { kind, orderNumber, label } }: { end: Peg["supply"] }) {
  const t = useTranslations();
  return `${t(`planning.pegKind.${kind}`)} ${orderNumber ?? label}`.trim();
}

function keyOf({ itemNumber, siteCode, supply, need, needDay, quantity }: Peg): string {
  const ends = [supply, need].map((end) => `${end.kind} ${end.orderNumber} ${end.reference}`);
  return [itemNumber, siteCode, ...ends, needDay, quantity].join(" ");
}
