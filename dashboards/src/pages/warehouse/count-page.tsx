import type { CycleCount } from "@millwright/contracts/api";
import type { CountCommand } from "@millwright/contracts/states/warehouse";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { countQuery, stockKeys } from "../../api/stock-queries.ts";
import { CommandRow } from "../../panels/command-row.tsx";
import { ListTable } from "../../panels/lists/list-table.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { CountBin } from "../../panels/scanner/count-bin.tsx";
import { CountStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** One count: blind while it is open, with its differences once it is in. */
export function CountPage() {
  const { countId } = useParams({ from: paths.count });
  const query = useQuery(countQuery(countId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={120} />}>
      {(count) => <CountView key={`${count.countId} ${count.state}`} count={count} />}
    </Loaded>
  );
}

function CountView({ count }: { count: CycleCount }) {
  const t = useTranslations();
  const client = useQueryClient();
  const command = useCommand<CountCommand, CycleCount>(
    (name) => `/api/cycle-counts/${encodeURIComponent(count.countId)}/${name}`,
    {
      body: () => null,
      onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }),
    },
  );
  return (
    <>
      <Link to={paths.counts} className="back">
        ← {t("page.counts")}
      </Link>
      <PageHead
        title={t("count.title", { bin: count.locationCode, number: count.number })}
        beside={<CountStateMark state={count.state} />}
      />
      {count.countedBy !== null && <p>{t("count.countedBy", { name: count.countedBy })}</p>}
      <CommandRow
        label={t("workOrder.commands")}
        isPending={command.isPending}
        commands={count.commands}
        buttons={(["post", "recount", "cancel"] as const).map((name) => ({
          name,
          words: t(`countCommand.${name}`),
          permission: `cycle_count:${name}` as const,
          ...(name === "post" && { look: "main" as const }),
          ...(name === "cancel" && { look: "danger" as const }),
        }))}
        onPress={(name) => {
          if (name === "post" || name === "recount" || name === "cancel") command.mutate(name);
        }}
      />
      {command.error !== null && <ProblemNote error={command.error} />}
      {count.state === "open" ? <CountBin count={count} /> : <Differences count={count} />}
    </>
  );
}

function Differences({ count }: { count: CycleCount }) {
  const t = useTranslations();
  const format = useFormat();
  const figure = (quantity: string | null) => (quantity === null ? "–" : format.quantity(quantity));
  return (
    <Panel title={t("count.found")}>
      {count.lines.length === 0 ? (
        <p className="none">{t("count.empty")}</p>
      ) : (
        <ListTable
          label={t("count.found")}
          rows={count.lines}
          hidden={[]}
          isLinked={false}
          keyOf={({ itemId, lotNumber }) => `${itemId} ${lotNumber}`}
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
            { name: "lot", title: t("stock.lot"), renderCell: (line) => line.lotNumber ?? "–" },
            {
              name: "counted",
              title: t("count.counted"),
              isNumber: true,
              renderCell: (line) => figure(line.counted),
            },
            {
              name: "expected",
              title: t("count.expected"),
              isNumber: true,
              renderCell: (line) => figure(line.expected),
            },
            {
              name: "difference",
              title: t("count.difference"),
              isNumber: true,
              renderCell: ({ difference, uom }) => (
                <b className={Number(difference ?? 0) === 0 ? undefined : "unknown"}>
                  {figure(difference)} <span className="unit">{uom}</span>
                </b>
              ),
            },
          ]}
        />
      )}
    </Panel>
  );
}
