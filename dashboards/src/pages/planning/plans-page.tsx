import type { Plan } from "@millwright/contracts/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import {
  isOnTheWay,
  kindOf,
  planningKeys,
  plansQuery,
  progressMs,
} from "../../api/planning-queries.ts";
import type { MrpRunInput } from "../../api/planning-shapes.ts";
import { PlanWhatIf } from "../../forms/planning/plan-what-if.tsx";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { PlanState } from "../../panels/planning/plan-state.tsx";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** Plans, newest first, the two ways to a new one, and the way to keep the current one up to date. */
export function PlansPage() {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayRun = useMay()("plan:run");
  const query = useInfiniteQuery({
    ...plansQuery(),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ rows }) => rows.some(isOnTheWay)) === true ? progressMs : false,
  });
  const run = useCommand<Run, Plan>(({ path }) => `/api/planning/${path}`, {
    body: ({ asked }) => asked,
    onSuccess: async ({ planId }) => {
      await client.invalidateQueries({ queryKey: planningKeys.plans });
      await navigate({ to: paths.plan, params: { planId } });
    },
  });
  const hasPlan =
    query.data?.pages.some(({ rows }) =>
      rows.some(({ kind, state }) => kind === "mrp" && state === "done"),
    ) === true;
  const [isAsking, setAsking] = useState(false);
  const columns = useColumns();
  const choices = useListChoices("plans");
  return (
    <>
      <PageHead title={t("page.plans")}>
        <ListTools
          choices={choices}
          columns={columns}
          files={{ title: t("page.plans"), path: "/api/planning/plans" }}
        />
        {mayRun && (
          <>
            <button type="button" className="button" onClick={() => setAsking(true)}>
              {t("planning.planWhatIf")}
            </button>
            <button
              type="button"
              className="button"
              disabled={run.isPending}
              onClick={() => run.mutate({ path: "schedules", asked: {} })}
            >
              {t("planning.runSchedule")}
            </button>
            <button
              type="button"
              className="button"
              disabled={run.isPending || !hasPlan}
              title={t(hasPlan ? "planning.updateHint" : "planning.noneToUpdate")}
              onClick={() => run.mutate({ path: "mrp-runs", asked: { mode: "net_change" } })}
            >
              {t("planning.update")}
            </button>
            <button
              type="button"
              className="button button-main"
              disabled={run.isPending}
              title={t("planning.runMrpHint")}
              onClick={() => run.mutate({ path: "mrp-runs", asked: {} })}
            >
              {t("planning.runMrp")}
            </button>
          </>
        )}
      </PageHead>
      {run.error !== null && <ProblemNote error={run.error} />}
      <Paged query={query} empty={<p>{t("planning.nonePlans")}</p>}>
        {(rows) => (
          <ListTable
            label={t("page.plans")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ planId }) => planId}
          />
        )}
      </Paged>
      {isAsking && <PlanWhatIf onClose={() => setAsking(false)} />}
    </>
  );
}

type Run = { path: "mrp-runs" | "schedules"; asked: MrpRunInput };

function useColumns(): Column<Plan>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "name",
      title: t("planning.plan"),
      renderCell: ({ planId, name }) => (
        <Link to={paths.plan} params={{ planId }} data-row>
          {name}
        </Link>
      ),
    },
    {
      name: "kind",
      title: t("planning.kind"),
      renderCell: (plan) => t(`planning.planKind.${kindOf(plan)}`),
    },
    { name: "state", title: t("column.state"), renderCell: (plan) => <PlanState plan={plan} /> },
    {
      name: "result",
      title: t("planning.result"),
      renderCell: (plan) => <PlanResult plan={plan} />,
    },
    {
      name: "requested",
      title: t("planning.requested"),
      isWide: true,
      renderCell: ({ requestedTime }) => format.siteTime(requestedTime, "dayMinute"),
    },
  ];
}

function PlanResult({ plan: { kind, state, basePlanId, summary } }: { plan: Plan }) {
  const t = useTranslations();
  if (state !== "done") return "–";
  if (basePlanId !== null) {
    const { replannedItems = 0, changedOrders = 0 } = summary;
    return t("planning.netChangeResult", { replannedItems, changedOrders });
  }
  const { orders = 0, operations = 0, lateOrders = 0 } = summary;
  return kind === "mrp"
    ? t("planning.mrpResult", { orders, lateOrders })
    : t("planning.scheduleResult", { operations, lateOrders });
}
