import type { PurchaseProposal } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { planningKeys, purchaseProposalsQuery } from "../../api/planning-queries.ts";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** What plans asked of purchasing and is not here yet, by due day: a buyer's list to work off. */
export function PurchaseProposalsPage() {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useQuery(purchaseProposalsQuery);
  const choices = useListChoices("purchase-proposals");
  const close = useCommand<string, PurchaseProposal>(
    (id) => `/api/planning/purchase-proposals/${id}/close`,
    {
      body: () => null,
      onSuccess: () => client.invalidateQueries({ queryKey: planningKeys.all }),
    },
  );
  const mayClose = useMay()("planned_order:release");
  const columns = useColumns(mayClose && !close.isPending ? close.mutate : null);
  return (
    <>
      <PageHead title={t("page.purchaseProposals")}>
        <ListTools
          choices={choices}
          columns={columns}
          files={{ title: t("page.purchaseProposals"), path: "/api/planning/purchase-proposals" }}
        />
      </PageHead>
      {close.error !== null && <ProblemNote error={close.error} />}
      <Loaded query={query} skeleton={<Skeleton count={8} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <div className="empty">
              <p>{t("planning.noneProposals")}</p>
            </div>
          ) : (
            <ListTable
              label={t("page.purchaseProposals")}
              rows={rows}
              columns={columns}
              hidden={choices.choices.hidden}
              keyOf={({ purchaseProposalId }) => purchaseProposalId}
              isLinked={false}
            />
          )
        }
      </Loaded>
    </>
  );
}

/** `onClose` is null for who may not, and while another one is on its way. */
function useColumns(onClose: ((id: string) => void) | null): Column<PurchaseProposal>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
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
      name: "quantity",
      title: t("planning.quantity"),
      isNumber: true,
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
    },
    {
      name: "order",
      title: t("planning.orderBy"),
      renderCell: ({ startDay }) => format.day(startDay),
    },
    { name: "due", title: t("planning.dueDay"), renderCell: ({ dueDay }) => format.day(dueDay) },
    {
      name: "site",
      title: t("planning.site"),
      isWide: true,
      renderCell: ({ siteCode }) => siteCode ?? "–",
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => t(`planning.proposalState.${state}`),
    },
    {
      name: "commands",
      title: t("workOrder.commands"),
      renderCell: ({ purchaseProposalId }) =>
        onClose !== null && (
          <button
            type="button"
            className="button button-small"
            onClick={() => onClose(purchaseProposalId)}
          >
            {t("planning.closeProposal")}
          </button>
        ),
    },
  ];
}
