import type { User } from "@millwright/contracts/api";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";

import type { AccessCatalogue, AskedDecision } from "../../api/identity-shapes.ts";
import { useAccessWords } from "../../panels/access/access-words.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";

export type TypedDecision = AskedDecision;
type AttributeType = AccessCatalogue["user"][string];

/** "Who would do what to which object": asked of the policy as it is saved. */
export function AskDecision({
  catalogue,
  users,
  typed,
  isPending,
  onType,
  onAsk,
}: {
  catalogue: AccessCatalogue;
  users: readonly User[];
  typed: TypedDecision;
  isPending: boolean;
  onType: (typed: TypedDecision) => void;
  onAsk: (asked: AskedDecision) => void;
}) {
  const t = useTranslations();
  const words = useAccessWords();
  const objectType = catalogue.objectTypes[typed.objectType];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // An empty field is an attribute that is not known.
    const known = Object.entries(typed.object).filter(([, value]) => value !== "");
    if (!isPending) onAsk({ ...typed, object: Object.fromEntries(known) });
  };
  return (
    <form className="form" onSubmit={submit}>
      <Choice
        label={t("why.who")}
        value={typed.userId}
        options={users.map(({ userId, name, email }) => [userId, `${name} · ${email}`])}
        onChange={(userId) => onType({ ...typed, userId })}
      />
      <div className="form-pair">
        <Choice
          label={t("access.objectType")}
          value={typed.objectType}
          options={Object.keys(catalogue.objectTypes).map((name) => [name, words.objectType(name)])}
          onChange={(objectType) => onType({ ...typed, objectType, action: "", object: {} })}
        />
        <Choice
          label={t("access.action")}
          value={typed.action}
          options={(objectType?.actions ?? []).map((name) => [name, words.action(name)])}
          onChange={(action) => onType({ ...typed, action })}
        />
      </div>
      {Object.entries(objectType?.attributes ?? {}).map(([name, type]) => (
        <AttributeField
          key={name}
          name={name}
          type={type}
          value={typed.object[name] ?? ""}
          onChange={(value) => onType({ ...typed, object: { ...typed.object, [name]: value } })}
        />
      ))}
      <div className="form-buttons">
        <button type="submit" className="button button-main" disabled={isPending}>
          {t(isPending ? "action.sending" : "why.explain")}
        </button>
      </div>
    </form>
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  onChange: (value: string) => void;
}) {
  const t = useTranslations();
  return (
    <SelectField
      label={label}
      required
      value={value}
      options={[
        { value: "", title: t("form.choose") },
        ...options.map(([value, title]) => ({ value, title })),
      ]}
      onChange={onChange}
    />
  );
}

function AttributeField({
  name,
  type,
  value,
  onChange,
}: {
  name: string;
  type: AttributeType;
  value: string | boolean | string[];
  onChange: (value: string | boolean | string[]) => void;
}) {
  const t = useTranslations();
  const label = `${name} (${t(`attributeType.${type}`)})`;
  if (type === "boolean") {
    return (
      <label className="check">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
    );
  }
  const isList = type === "text_list";
  return (
    <TextField
      label={label}
      maxLength={500}
      {...(type === "decimal" && { inputMode: "decimal", pattern: String.raw`-?\d+(\.\d+)?` })}
      value={Array.isArray(value) ? value.join(",") : String(value)}
      onChange={(text) => onChange(isList && text !== "" ? text.split(",") : text)}
    />
  );
}
