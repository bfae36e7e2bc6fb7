import type { Plan } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { isOnTheWay, planningKeys, planQuery } from "../../api/planning-queries.ts";
import type { MrpRunInput } from "../../api/planning-shapes.ts";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** What the plan has to say about net change: what one did, why one was a full run instead, or since when. */
export function NetChangeNote({ plan }: { plan: Plan }) {
  const t = useTranslations();
  const format = useFormat();
  const { basePlanId, fallback, lastUpdate, state, summary } = plan;
  if (basePlanId !== null) {
    const { changedItems = 0, replannedItems = 0, changedOrders = 0 } = summary;
    const figures = { changedItems, replannedItems, changedOrders };
    return (
      <p className="notice notice-good">
        {state === "done" && `${t("planning.netChangeDid", figures)} `}
        <Link to={paths.plan} params={{ planId: basePlanId }}>
          {t("planning.openUpdated")}
        </Link>
      </p>
    );
  }
  return (
    <>
      {fallback !== null && (
        <p className="notice">
          {t("planning.plannedAnew", { reason: t(`planning.fallback.${fallback}`) })}
        </p>
      )}
      {lastUpdate !== null && (
        <p className="plan-updated">
          {t("planning.updated", { time: format.siteTime(lastUpdate.time, "dayMinute") })}{" "}
          {t("planning.netChangeDid", lastUpdate)}
        </p>
      )}
    </>
  );
}

/** Brings a plan up to date and stays with it; where everything was planned anew, goes to the new plan. */
export function UpdatePlan({ plan: { planId } }: { plan: Plan }) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayRun = useMay()("plan:run");
  const [runId, setRunId] = useState<string | null>(null);
  const { data: run } = useQuery({ ...planQuery(runId ?? ""), enabled: runId !== null });
  const update = useCommand<MrpRunInput, Plan>(() => "/api/planning/mrp-runs", {
    body: (asked) => asked,
    onSuccess: (queued) => setRunId(queued.planId),
  });
  useEffect(() => {
    if (run === undefined) return;
    // A run of its own by now: its page has the progress and the cancel.
    if (run.basePlanId === null || run.state === "failed" || run.state === "cancelled") {
      void navigate({ to: paths.plan, params: { planId: run.planId } });
    } else if (run.state === "done") {
      void client.invalidateQueries({ queryKey: planningKeys.all });
    }
  }, [run, client, navigate]);
  if (!mayRun) return null;
  const isOpen = runId !== null && (run === undefined || isOnTheWay(run));
  const isUpdating = update.isPending || isOpen;
  return (
    <>
      <button
        type="button"
        className="button button-main"
        disabled={isUpdating}
        title={t("planning.updateHint")}
        onClick={() => update.mutate({ mode: "net_change", planId })}
      >
        {isUpdating ? t("planning.updating") : t("planning.update")}
      </button>
      {update.error !== null && <ProblemNote error={update.error} />}
    </>
  );
}
