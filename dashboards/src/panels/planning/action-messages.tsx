import type { ActionMessage } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { actionMessagesQuery } from "../../api/planning-queries.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";

/** What a planner should do about planned and open orders. */
export function ActionMessages({ planId }: { planId: string }) {
  const t = useTranslations();
  const query = useInfiniteQuery(actionMessagesQuery(planId));
  const columns = useColumns();
  const choices = useListChoices("action-messages");
  return (
    <section aria-label={t("planning.messages")}>
      <div className="section-head">
        <h2>{t("planning.messages")}</h2>
        <ListTools
          choices={choices}
          columns={columns}
          files={{
            title: t("planning.messages"),
            path: `/api/planning/plans/${planId}/messages`,
            importKey: null,
          }}
        />
      </div>
      <Paged query={query} empty={<p>{t("planning.noneMessages")}</p>}>
        {(rows) => (
          <ListTable
            label={t("planning.messages")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            isLinked={false}
            keyOf={({ messageNumber }) => String(messageNumber)}
          />
        )}
      </Paged>
    </section>
  );
}

function useColumns(): Column<ActionMessage>[] {
  const t = useTranslations();
  const format = useFormat();
  const day = (at: string | null) => (at === null ? "" : format.day(at));
  return [
    {
      name: "action",
      title: t("planning.change"),
      renderCell: ({ action }) => t(`planning.action.${action}`),
    },
    {
      name: "item",
      title: t("column.item"),
      renderCell: ({ itemNumber, insteadOfItemNumber, siteCode }) => (
        <>
          {itemNumber}{" "}
          {insteadOfItemNumber !== null && (
            <span className="address">
              {t("planning.insteadOf", { item: insteadOfItemNumber })}
            </span>
          )}{" "}
          {siteCode !== null && <span className="address">{siteCode}</span>}
        </>
      ),
    },
    {
      name: "about",
      title: t("planning.about"),
      renderCell: ({ orderNumber, workOrderId, transferId, label }) => {
        if (orderNumber !== null) return `${t("planning.pegKind.order")} ${orderNumber}`;
        const other = transferId === null ? "purchase_proposal" : "transfer";
        const kind = workOrderId === null ? other : "work_order";
        return `${t(`planning.pegKind.${kind}`)} ${label}`;
      },
    },
    {
      name: "change",
      title: t("planning.quantity"),
      renderCell: ({ action, fromDay, toDay, toQuantity, uom }) => {
        if (toQuantity === null) {
          return [day(fromDay), day(toDay)].filter((text) => text !== "").join(" → ");
        }
        const quantity = `${format.quantity(toQuantity)} ${uom}`;
        return action === "substitute" ? quantity : `→ ${quantity}`;
      },
    },
  ];
}
