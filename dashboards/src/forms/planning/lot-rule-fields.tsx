import { type LotRuleName, lotRules } from "@millwright/contracts/states/planning";
import { useTranslations } from "use-intl";

import { SelectField } from "../../ui/select.tsx";
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
      <SelectField
        label={t("policy.lotRule")}
        hint={t(`policy.ruleHint.${typed.rule}`)}
        value={typed.rule}
        options={lotRules.map((value) => ({ value, title: t(`policy.rule.${value}`) }))}
        onChange={(rule) => onChange({ ...typed, rule })}
      />
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
