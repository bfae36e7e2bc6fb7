import type { Plan, PlanComparison } from "@millwright/contracts/api";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { comparisonQuery, plansQuery } from "../../api/planning-queries.ts";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** This plan beside another one: what a what-if changes. */
export function ComparePlan({ plan }: { plan: Plan }) {
  const t = useTranslations();
  const { data } = useInfiniteQuery(plansQuery());
  const [otherId, setOtherId] = useState("");
  const others = (data?.pages ?? [])
    .flatMap(({ rows }) => rows)
    .filter(({ planId, kind, state, basePlanId }) => {
      const isPlan = kind === "mrp" && state === "done" && basePlanId === null;
      return isPlan && planId !== plan.planId;
    });
  if (others.length === 0) return null;
  return (
    <section className="plan-compare" aria-label={t("planning.compare")}>
      <h2>{t("planning.compare")}</h2>
      <label className="draft-quantity">
        {t("planning.compareWith")}
        <select
          className="select select-revision"
          value={otherId}
          onChange={(event) => setOtherId(event.target.value)}
        >
          <option value="">{t("form.choose")}</option>
          {others.map(({ planId, name, isWhatIf, isCurrent }) => (
            <option key={planId} value={planId}>
              {name}
              {isWhatIf && ` · ${t("planning.whatIf")}`}
              {isCurrent && ` · ${t("planning.current")}`}
            </option>
          ))}
        </select>
      </label>
      {otherId !== "" && <Differences leftId={otherId} rightId={plan.planId} />}
    </section>
  );
}

function Differences({ leftId, rightId }: { leftId: string; rightId: string }) {
  const t = useTranslations();
  const query = useQuery(comparisonQuery(leftId, rightId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={4} height={44} />}>
      {({ plans, rows, isComplete }) =>
        rows.length === 0 ? (
          <p className="none">{t("planning.same")}</p>
        ) : (
          <>
            <Table plans={plans} rows={rows} />
            {!isComplete && <p className="notice">{t("planning.cut")}</p>}
          </>
        )
      }
    </Loaded>
  );
}

function Table({ plans, rows }: Pick<PlanComparison, "plans" | "rows">) {
  const t = useTranslations();
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("planning.compare")}>
        <thead>
          <tr>
            <th rowSpan={2}>{t("column.item")}</th>
            {plans.map(({ planId, name }) => (
              <th key={planId} colSpan={4} className="plan-side">
                {name}
              </th>
            ))}
          </tr>
          <tr>
            {plans.map(({ planId }) =>
              (["quantity", "orders", "due", "late"] as const).map((name) => (
                <th
                  key={`${planId} ${name}`}
                  className={name === "quantity" ? "number plan-side" : "number"}
                >
                  {t(`planning.side.${name}`)}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ itemId, itemNumber, itemName, uom, left, right }) => (
            <tr key={itemId}>
              <th scope="row" className="cell-name">
                <Link to={paths.item} params={{ itemId }}>
                  {itemNumber}
                </Link>
                <span className="address">{itemName}</span>
              </th>
              <Side side={left} other={right} uom={uom} />
              <Side side={right} other={left} uom={uom} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Figures = PlanComparison["rows"][number]["left"];

/** Figures of one plan; those that differ stand out. */
function Side({ side, other, uom }: { side: Figures; other: Figures; uom: string }) {
  const t = useTranslations();
  const format = useFormat();
  const mark = (name: keyof Figures, more = "") =>
    `number ${more} ${side[name] === other[name] ? "" : "plan-differs"}`.trim();
  return (
    <>
      <td className={mark("quantity", "plan-side")}>
        <Quantity value={side.quantity} uom={uom} />
      </td>
      <td className={mark("orders")}>{side.orders}</td>
      <td className={mark("firstDueDay")}>
        {side.firstDueDay === null ? "–" : format.day(side.firstDueDay)}
      </td>
      <td className={mark("lateDays")}>
        {side.lateDays === 0 ? "–" : t("planning.lateDays", { days: side.lateDays })}
      </td>
    </>
  );
}
