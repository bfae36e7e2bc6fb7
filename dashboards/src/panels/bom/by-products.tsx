import type { Bom } from "@millwright/contracts/api";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { ItemPicker } from "../../forms/item-picker.tsx";
import { paths } from "../../paths.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";
import type { DraftByProduct } from "./draft-edits.ts";
import { namedPart } from "./named-part.ts";
import { PartRow } from "./part-row.tsx";

/** What comes out beside the product, edited in place. */
export function ByProductsEditor({
  byProducts,
  productId,
  onChange,
}: {
  byProducts: readonly DraftByProduct[];
  productId: string;
  onChange: (byProducts: DraftByProduct[]) => void;
}) {
  const t = useTranslations();
  return (
    <section className="parts" aria-label={t("bom.byProducts")}>
      <h3>{t("bom.byProducts")}</h3>
      <p className="hint">{t("bom.byProductsHint")}</p>
      {byProducts.length > 0 && (
        <table className="table" aria-label={t("bom.byProducts")}>
          <thead>
            <tr>
              <th>{t("column.item")}</th>
              <th>{t("bom.line.quantity")}</th>
              <th>{t("bom.line.unit")}</th>
              <th>{t("bom.costShare")}</th>
              <th>
                <span className="visually-hidden">{t("bom.remove")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {byProducts.map((byProduct, place) => (
              <PartRow
                key={byProduct.itemId}
                part={byProduct}
                onChange={(next) => onChange(byProducts.with(place, next))}
                onRemove={() => onChange(byProducts.toSpliced(place, 1))}
              >
                <td>
                  <input
                    className="input input-short"
                    aria-label={`${t("bom.costShare")}, ${byProduct.itemNumber}`}
                    inputMode="decimal"
                    pattern={"\\s*\\d{1,2}([.,]\\d{1,4})?\\s*"}
                    required
                    value={byProduct.costSharePercent}
                    onChange={(event) => {
                      const costSharePercent = event.target.value;
                      onChange(byProducts.with(place, { ...byProduct, costSharePercent }));
                    }}
                  />
                </td>
              </PartRow>
            ))}
          </tbody>
        </table>
      )}
      <ItemPicker
        label={t("bom.addByProduct")}
        picked={null}
        without={[productId, ...byProducts.map(({ itemId }) => itemId)]}
        onPick={(item) => {
          if (item === null) return;
          onChange([...byProducts, { ...namedPart(item), costSharePercent: "0" }]);
        }}
      />
    </section>
  );
}

/** The same of a revision that no longer changes; nothing where there are none. */
export function ByProductTable({ bom }: { bom: Bom }) {
  const t = useTranslations();
  const format = useFormat();
  if (bom.byProducts.length === 0) return null;
  return (
    <section className="parts" aria-label={t("bom.byProducts")}>
      <h3>{t("bom.byProducts")}</h3>
      <table className="table" aria-label={t("bom.byProducts")}>
        <thead>
          <tr>
            <th>{t("column.item")}</th>
            <th className="number">{t("bom.line.quantity")}</th>
            <th className="number">{t("bom.costShare")}</th>
          </tr>
        </thead>
        <tbody>
          {bom.byProducts.map(({ itemId, itemNumber, itemName, quantity, uom, ...rest }) => (
            <tr key={itemId}>
              <th scope="row">
                <Link to={paths.item} params={{ itemId }}>
                  {itemNumber}
                </Link>{" "}
                <span className="unit">{itemName}</span>
              </th>
              <td className="number">
                <Quantity value={quantity} uom={uom} />
              </td>
              <td className="number">{format.quantity(rest.costSharePercent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
