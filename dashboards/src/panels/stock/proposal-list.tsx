import type { StockProposal } from "@millwright/contracts/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { proposalsQuery, stockKeys } from "../../api/stock-queries.ts";
import { ReasonForm } from "../../forms/reason-form.tsx";
import { paths } from "../../paths.ts";
import { DataAge } from "../../ui/age.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { ListPanel } from "../lists/list-panel.tsx";
import type { Column } from "../lists/list-table.tsx";

/** What silos and scales propose, newest first, confirmed or rejected on the spot. */
export function ProposalList() {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useInfiniteQuery(proposalsQuery);
  const [rejected, setRejected] = useState<StockProposal | null>(null);
  const onSuccess = () => client.invalidateQueries({ queryKey: stockKeys.all });
  const confirm = useCommand<StockProposal, StockProposal>(
    ({ proposalId }) => `/api/stock/proposals/${proposalId}/confirm`,
    { body: ({ difference }) => ({ difference }), onSuccess },
  );
  const reject = useCommand<{ proposal: StockProposal; reason: string }, StockProposal>(
    ({ proposal }) => `/api/stock/proposals/${proposal.proposalId}/reject`,
    { body: ({ reason }) => ({ reason }), onSuccess },
  );
  const columns = useColumns({
    isPending: confirm.isPending || reject.isPending,
    onConfirm: (proposal) => confirm.mutate(proposal),
    onReject: setRejected,
  });
  return (
    <>
      <ListPanel
        name="proposals"
        title={t("stock.view.proposals")}
        query={query}
        columns={columns}
        keyOf={({ proposalId }) => proposalId}
        files={{ path: "/api/stock/proposals" }}
        empty={t("proposals.none")}
        error={confirm.error ?? reject.error}
      />
      {rejected !== null && (
        <ReasonForm
          title={t("proposals.rejectTitle", { place: rejected.locationCode })}
          action={t("proposals.reject")}
          onSubmit={(reason) => {
            reject.mutate({ proposal: rejected, reason });
            setRejected(null);
          }}
          onClose={() => setRejected(null)}
        />
      )}
    </>
  );
}

function useColumns({
  isPending,
  onConfirm,
  onReject,
}: {
  isPending: boolean;
  onConfirm: (proposal: StockProposal) => void;
  onReject: (proposal: StockProposal) => void;
}): Column<StockProposal>[] {
  const t = useTranslations();
  const mayDecide = useMay()("stock:move");
  return [
    { name: "place", title: t("stock.place"), renderCell: ({ locationCode }) => locationCode },
    {
      name: "item",
      title: t("column.item"),
      renderCell: ({ itemId, itemNumber }) => (
        <Link to={paths.item} params={{ itemId }}>
          {itemNumber}
        </Link>
      ),
    },
    {
      name: "difference",
      title: t("proposals.what"),
      renderCell: ({ kind, difference, uom }) => (
        <>
          {t(`proposals.kind.${kind}`)} <Quantity value={difference} uom={uom} />
        </>
      ),
    },
    {
      name: "measured",
      title: t("proposals.measured"),
      isNumber: true,
      renderCell: ({ measured, uom, sourceTime }) => (
        <>
          <Quantity value={measured} uom={uom} /> <DataAge isHeld time={sourceTime} />
        </>
      ),
    },
    {
      name: "expected",
      title: t("proposals.expected"),
      isNumber: true,
      renderCell: ({ expected, uom }) => <Quantity value={expected} uom={uom} />,
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state, decidedBy, reason }) =>
        [t(`proposals.state.${state}`), decidedBy, reason].filter(Boolean).join(" · "),
    },
    {
      name: "decide",
      title: "",
      renderCell: (proposal) =>
        mayDecide &&
        proposal.state === "proposed" && (
          <>
            <button
              type="button"
              className="button"
              disabled={isPending}
              onClick={() => onConfirm(proposal)}
            >
              {t("proposals.confirm")}
            </button>{" "}
            <button
              type="button"
              className="button"
              disabled={isPending}
              onClick={() => onReject(proposal)}
            >
              {t("proposals.reject")}
            </button>
          </>
        ),
    },
  ];
}
