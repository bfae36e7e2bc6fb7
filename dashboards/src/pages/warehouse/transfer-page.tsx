import type { Transfer } from "@millwright/contracts/api";
import type { TransferCommand } from "@millwright/contracts/states/warehouse";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { stockKeys, transferQuery } from "../../api/stock-queries.ts";
import { ReceiveTransfer } from "../../forms/warehouse/receive-transfer.tsx";
import { ShipTransfer } from "../../forms/warehouse/ship-transfer.tsx";
import { CommandRow } from "../../panels/command-row.tsx";
import { ListTable } from "../../panels/lists/list-table.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { TransferStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** One transfer: what was asked, what left, what arrived and what was lost on the way. */
export function TransferPage() {
  const { transferId } = useParams({ from: paths.transfer });
  const query = useQuery(transferQuery(transferId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={120} />}>
      {(transfer) => <TransferView transfer={transfer} />}
    </Loaded>
  );
}

function TransferView({ transfer }: { transfer: Transfer }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const [open, setOpen] = useState<"ship" | "receive" | null>(null);
  const command = useCommand<TransferCommand, Transfer>(
    (name) => `/api/transfers/${encodeURIComponent(transfer.transferId)}/${name}`,
    {
      body: () => null,
      onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }),
    },
  );
  const press = (name: string) => {
    if (name === "ship" || name === "receive") setOpen(name);
    else if (name === "release" || name === "cancel") command.mutate(name);
  };
  const day = (at: string | null) => (at === null ? "–" : format.day(at));
  return (
    <>
      <Link to={paths.transfers} className="back">
        ← {t("page.transfers")}
      </Link>
      <PageHead title={transfer.number} beside={<TransferStateMark state={transfer.state} />}>
        <p className="head-name">
          {transfer.fromCode} → {transfer.toCode}
          {(transfer.shipDay !== null || transfer.dueDay !== null) && (
            <span className="address">
              {t("transfer.days", { ship: day(transfer.shipDay), due: day(transfer.dueDay) })}
            </span>
          )}
          {transfer.note !== "" && <span className="address">{transfer.note}</span>}
        </p>
      </PageHead>
      <CommandRow
        label={t("workOrder.commands")}
        isPending={command.isPending}
        commands={transfer.commands}
        buttons={(["release", "ship", "receive", "cancel"] as const).map((name) => ({
          name,
          words: t(`transferCommand.${name}`),
          permission: `transfer:${name}` as const,
          look: name === "cancel" ? ("danger" as const) : ("main" as const),
        }))}
        onPress={press}
      />
      {command.error !== null && <ProblemNote error={command.error} />}
      <Panel title={t("bom.lines")}>
        <ListTable
          label={t("bom.lines")}
          rows={transfer.lines}
          hidden={[]}
          keyOf={({ itemId }) => itemId}
          columns={[
            {
              name: "item",
              title: t("column.item"),
              renderCell: ({ itemId, itemNumber }) => (
                <Link to={paths.item} params={{ itemId }} data-row>
                  {itemNumber}
                </Link>
              ),
            },
            {
              name: "asked",
              title: t("transfer.asked"),
              isNumber: true,
              renderCell: (line) => <Quantity value={line.quantity} uom={line.itemUom} />,
            },
            {
              name: "shipped",
              title: t("transfer.shipped"),
              isNumber: true,
              renderCell: (line) => <Quantity value={line.shipped} uom={line.itemUom} />,
            },
            {
              name: "received",
              title: t("transfer.received"),
              isNumber: true,
              renderCell: (line) => <Quantity value={line.received} uom={line.itemUom} />,
            },
            {
              name: "lost",
              title: t("transfer.lost"),
              isNumber: true,
              renderCell: (line) => <Quantity value={line.lost} uom={line.itemUom} />,
            },
          ]}
        />
      </Panel>
      {open === "ship" && <ShipTransfer transfer={transfer} onClose={() => setOpen(null)} />}
      {open === "receive" && <ReceiveTransfer transfer={transfer} onClose={() => setOpen(null)} />}
    </>
  );
}
