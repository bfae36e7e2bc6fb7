import type { Plan } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { isOnTheWay, kindOf, planningKeys, planQuery } from "../../api/planning-queries.ts";
import { PageHead } from "../../panels/page-head.tsx";
import { ActionMessages } from "../../panels/planning/action-messages.tsx";
import { NetChangeNote, UpdatePlan } from "../../panels/planning/net-change.tsx";
import { Findings } from "../../panels/planning/findings.tsx";
import { ComparePlan } from "../../panels/planning/plan-comparison.tsx";
import { PlanState } from "../../panels/planning/plan-state.tsx";
import { PlannedOrders } from "../../panels/planning/planned-orders.tsx";
import { ScheduleResult } from "../../panels/planning/schedule-result.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";

/** One plan: how far it is, then what it found. */
export function PlanPage() {
  const t = useTranslations();
  const { planId } = useParams({ from: paths.plan });
  const query = useQuery(planQuery(planId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={8} height={44} />}>
      {(plan) => (
        <>
          <PageHead title={`${t(`planning.planKind.${kindOf(plan)}`)} · ${plan.name}`}>
            <PlanState plan={plan} />
            {isOnTheWay(plan) && <CancelPlan plan={plan} />}
            {isUpdatable(plan) && <UpdatePlan plan={plan} />}
          </PageHead>
          <NetChangeNote plan={plan} />
          {plan.failure !== null && <p className="problem-note">{plan.failure}</p>}
          <Findings plan={plan} />
          {plan.state === "done" && <Result plan={plan} />}
        </>
      )}
    </Loaded>
  );
}

/** A plan that nobody acts on any more is not kept up to date; a what-if may be, to be compared. */
function isUpdatable({ kind, state, basePlanId, isCurrent, isWhatIf }: Plan): boolean {
  return kind === "mrp" && state === "done" && basePlanId === null && (isCurrent || isWhatIf);
}

function Result({ plan }: { plan: Plan }) {
  if (plan.basePlanId !== null) return null;
  if (plan.kind === "schedule") return <ScheduleResult planId={plan.planId} />;
  return (
    <>
      <PlannedOrders plan={plan} />
      <ActionMessages planId={plan.planId} />
      <ComparePlan plan={plan} />
    </>
  );
}

function CancelPlan({ plan: { planId } }: { plan: Plan }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayCancel = useMay()("plan:cancel");
  const cancel = useCommand<string, Plan>((id) => `/api/planning/plans/${id}/cancel`, {
    body: () => ({}),
    onSuccess: () => client.invalidateQueries({ queryKey: planningKeys.plans }),
  });
  if (!mayCancel) return null;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={cancel.isPending}
        onClick={() => cancel.mutate(planId)}
      >
        {t("planning.cancel")}
      </button>
      {cancel.error !== null && <ProblemNote error={cancel.error} />}
    </>
  );
}
