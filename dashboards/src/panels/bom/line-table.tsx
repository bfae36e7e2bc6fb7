import type { Bom } from "@millwright/contracts/api";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { paths } from "../../paths.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListTable } from "../lists/list-table.tsx";
import { ByProductTable } from "./by-products.tsx";

/** The lines of a revision that no longer changes, as they were approved. */
export function LineTable({ bom }: { bom: Bom }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <>
      <p className="bom-total">
        {t("bom.linesFor")}{" "}
        <b>
          {format.quantity(bom.quantity)} {bom.itemUom}
        </b>
        {bom.state !== "draft" && <span className="hint"> {t("bom.fixed")}</span>}
      </p>
      <ListTable
        label={t("bom.lines")}
        rows={bom.lines}
        hidden={[]}
        keyOf={({ position }) => String(position)}
        columns={[
          {
            name: "item",
            title: t("column.item"),
            renderCell: ({ itemId, itemNumber, itemName }) => (
              <>
                <Link to={paths.item} params={{ itemId }} data-row>
                  {itemNumber}
                </Link>
                <span className="address">{itemName}</span>
              </>
            ),
          },
          {
            name: "position",
            title: t("bom.line.position"),
            isNumber: true,
            renderCell: (l) => l.position,
          },
          {
            name: "quantity",
            title: t("bom.line.quantity"),
            isNumber: true,
            renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
          },
          {
            name: "scrap",
            title: t("bom.line.scrap"),
            isNumber: true,
            renderCell: ({ scrapPercent }) => format.quantity(scrapPercent),
          },
          {
            name: "alternates",
            title: t("bom.alternates"),
            isWide: true,
            renderCell: ({ alternates }) =>
              alternates.map(({ itemNumber }) => itemNumber).join(", ") || "–",
          },
          {
            name: "note",
            title: t("bom.line.note"),
            isWide: true,
            renderCell: ({ note }) => note || "–",
          },
        ]}
      />
      <ByProductTable bom={bom} />
    </>
  );
}
