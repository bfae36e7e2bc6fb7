import { useTranslations } from "use-intl";

import type { AccessCatalogue, Rule } from "../../api/identity-shapes.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { newUuid } from "../../ui/new-uuid.ts";
import { useAccessWords } from "./access-words.ts";
import { type Cell, everything, type Place, type PolicyDraft, withEffect } from "./matrix.ts";

/** The rules behind the chosen cell: its own can be edited, inherited ones lead to where they stand. */
export function CellPanel({
  catalogue,
  place,
  draft,
  cellAt,
  mayChange,
  onChoose,
  onChange,
}: {
  catalogue: AccessCatalogue;
  place: Place | null;
  draft: PolicyDraft;
  cellAt: (place: Place) => Cell;
  mayChange: boolean;
  onChoose: (place: Place) => void;
  onChange: (draft: PolicyDraft) => void;
}) {
  const t = useTranslations();
  const words = useAccessWords();
  if (place === null) {
    return (
      <aside className="panel cell-panel" aria-label={t("access.rules")}>
        <p className="hint">{t("access.chooseCell")}</p>
        <dl className="keys">
          {keys.map(([key, word]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(`access.key.${word}`)}</dd>
            </div>
          ))}
        </dl>
      </aside>
    );
  }
  const { own, inherited, verdict } = cellAt(place);
  const title = draft.roles.find(({ role }) => role === place.role)?.title ?? place.role;
  const replace = (rule: Rule) =>
    onChange({
      ...draft,
      rules: draft.rules.map((one) => (one.ruleId === rule.ruleId ? rule : one)),
    });
  const add = () =>
    onChange({
      ...draft,
      rules: [...draft.rules, { ruleId: newUuid(), ...place, effect: "allow", condition: null }],
    });
  return (
    <aside
      id="cell-panel"
      className="panel cell-panel"
      tabIndex={-1}
      aria-label={t("access.rules")}
    >
      <h2>{title}</h2>
      <p>
        {words.objectType(place.objectType)} · {words.action(place.action)}
      </p>
      <p className="verdict" data-verdict={verdict}>
        {t(`verdictLong.${verdict}`)}
      </p>
      {own.map((rule) => (
        <RuleForm
          key={rule.ruleId}
          rule={rule}
          catalogue={catalogue}
          mayChange={mayChange}
          onChange={replace}
          onRemove={() => onChange({ ...draft, rules: draft.rules.filter((one) => one !== rule) })}
        />
      ))}
      {mayChange && (
        <div className="commands-row">
          {own.length === 0 && (
            <button
              type="button"
              className="button"
              onClick={() => onChange(withEffect(draft, place, "deny", newUuid))}
            >
              {t("verdict.deny")}
            </button>
          )}
          <button type="button" className="button" onClick={add}>
            <Icon name="add" size={16} />
            {t(own.length === 0 ? "verdict.allow" : "access.addRule")}
          </button>
        </div>
      )}
      {inherited.length > 0 && (
        <>
          <h3>{t("access.inherited")}</h3>
          <ul className="inherited">
            {inherited.map((rule) => (
              <li key={rule.ruleId}>
                <span className="verdict" data-verdict={rule.effect}>
                  <Icon name={rule.effect === "allow" ? "check" : "close"} size={16} />
                  {t(`verdict.${rule.effect}`)}
                </span>
                {rule.condition !== null && <code>{rule.condition}</code>}
                <button type="button" className="button-link" onClick={() => onChoose(rule)}>
                  {draft.roles.find(({ role }) => role === rule.role)?.title ?? rule.role}:{" "}
                  {words.objectType(rule.objectType)} · {words.action(rule.action)}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

const keys = [
  ["← ↑ ↓ →", "move"],
  ["a", "allow"],
  ["d", "deny"],
  ["n", "none"],
  ["Enter", "rules"],
] as const;

function RuleForm({
  rule,
  catalogue,
  mayChange,
  onChange,
  onRemove,
}: {
  rule: Rule;
  catalogue: AccessCatalogue;
  mayChange: boolean;
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}) {
  const t = useTranslations();
  const attributes = attributesOf(rule.objectType, catalogue);
  const insert = (attribute: string) => {
    const before = rule.condition ?? "";
    onChange({ ...rule, condition: before === "" ? `${attribute} = ` : `${before} ${attribute}` });
  };
  return (
    <fieldset className="rule" disabled={!mayChange}>
      <legend className="visually-hidden">{t("access.rule")}</legend>
      <div className="rule-head">
        <span className="segments">
          {(["allow", "deny"] as const).map((effect) => (
            <label key={effect}>
              <input
                type="radio"
                name={`effect-${rule.ruleId}`}
                checked={rule.effect === effect}
                onChange={() => onChange({ ...rule, effect })}
              />
              {t(`verdict.${effect}`)}
            </label>
          ))}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label={t("access.removeRule")}
          title={t("access.removeRule")}
          onClick={onRemove}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <Field label={t("access.condition")} hint={t("access.conditionHint")}>
        {(control) => (
          <textarea
            {...control}
            className="input code"
            rows={3}
            maxLength={2000}
            spellCheck={false}
            placeholder={t("access.always")}
            value={rule.condition ?? ""}
            onChange={(event) =>
              onChange({
                ...rule,
                condition: event.target.value === "" ? null : event.target.value,
              })
            }
          />
        )}
      </Field>
      <ul className="attributes" aria-label={t("access.attributes")}>
        {attributes.map(([name, type]) => (
          <li key={name}>
            <button type="button" className="chip" onClick={() => insert(name)}>
              {name} <span className="unit">{t(`attributeType.${type}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** What a condition may name here; with `*` only what is known of the user. */
function attributesOf(objectType: string, catalogue: AccessCatalogue) {
  const object =
    objectType === everything ? {} : (catalogue.objectTypes[objectType]?.attributes ?? {});
  return [
    ...Object.entries(object).map(([name, type]) => [`object.${name}`, type] as const),
    ...Object.entries(catalogue.user).map(([name, type]) => [`user.${name}`, type] as const),
  ];
}
