import { type LotRuleName, lotRules } from "@millwright/contracts/states/planning";
import { useTranslations } from "use-intl";

import { Field } from "../../ui/field.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { decimalPattern } from "../engineering/item-fields.tsx";
import {
  isOptional,
  type LotRuleFigure,
  lotRuleFigures,
  type TypedLotRule,
} from "./policy-input.ts";

/** The two rules that weigh costs count them by other times (as the engine takes them). */
function wordOf(rule: LotRuleName, name: LotRuleFigure) {
  return rule === "wagner_whitin" && name === "holdingCost" ? "holdingCostDay" : name;
}

/** How needs are put together into orders, and the figures that the rule asks for. */
export function LotRuleFields({
  typed,
  onChange,
}: {
  typed: TypedLotRule;
  onChange: (typed: TypedLotRule) => void;
}) {
  const t = useTranslations();
  return (
    <>
      <Field label={t("policy.lotRule")} hint={t(`policy.ruleHint.${typed.rule}`)}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={typed.rule}
            onChange={(event) => {
              const rule = lotRules.find((one) => one === event.target.value);
              if (rule !== undefined) onChange({ ...typed, rule });
            }}
          >
            {lotRules.map((rule) => (
              <option key={rule} value={rule}>
                {t(`policy.rule.${rule}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {lotRuleFigures[typed.rule].map((name) => (
        <TextField
          key={name}
          label={t(`policy.figure.${wordOf(typed.rule, name)}`)}
          required={!isOptional(typed.rule)}
          inputMode="decimal"
          pattern={name === "days" ? String.raw`\d+` : decimalPattern}
          value={typed[name]}
          onChange={(text) => onChange({ ...typed, [name]: text })}
        />
      ))}
    </>
  );
}
