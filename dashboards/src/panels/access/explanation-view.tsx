import { useTranslations } from "use-intl";

import type { Explanation } from "../../api/identity-shapes.ts";
import { useRoleTitle } from "../../api/use-roles.ts";
import { Icon } from "../../ui/icon.tsx";

/** A decision with every rule that was looked at, and the comparisons that kept it from counting. */
export function ExplanationView({ explanation }: { explanation: Explanation }) {
  const t = useTranslations();
  const titleOf = useRoleTitle();
  const { isAllowed, because, rules } = explanation;
  return (
    <section className="explanation" aria-label={t("why.answer")}>
      <p className="explanation-result" data-verdict={isAllowed ? "allow" : "deny"}>
        <Icon name={isAllowed ? "check" : "close"} />
        {t(isAllowed ? "why.allowed" : "why.refused")}
      </p>
      <p>{because}</p>
      <ul>
        {rules.map(({ rule, through, outcome, unknown, against }) => (
          <li key={`${rule.ruleId} ${through}`} data-outcome={outcome}>
            <p>
              <b>{t(`verdict.${rule.effect}`)}</b> · {titleOf(rule.role)}
              {through !== rule.role && (
                <span className="unit"> {t("why.through", { role: titleOf(through) })}</span>
              )}{" "}
              · <span className="outcome">{t(`why.outcome.${outcome}`)}</span>
            </p>
            {rule.condition !== null && <code>{rule.condition}</code>}
            {unknown.length > 0 && (
              <p className="hint">{t("why.unknown", { names: unknown.join(", ") })}</p>
            )}
            {against.map(({ text, values }) => (
              <p key={text} className="against">
                <Icon name="close" size={16} /> <code>{text}</code>{" "}
                <span className="unit">
                  {Object.entries(values)
                    .map(([name, value]) => `${name} = ${value}`)
                    .join(", ")}
                </span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
