import type { Plan } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

/** What was wrong with the input, who the culprits are, and what the plan did instead. */
export function Findings({ plan: { findings, findingCount } }: { plan: Plan }) {
  const t = useTranslations();
  if (findingCount === 0) return null;
  return (
    <details className="plan-findings">
      <summary>{t("planning.findings", { count: findingCount })}</summary>
      <ul>
        {findings.map(({ code, culprits, message }) => (
          <li key={`${code} ${culprits.join()} ${message}`}>
            <b>{culprits.join(", ")}</b> {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
