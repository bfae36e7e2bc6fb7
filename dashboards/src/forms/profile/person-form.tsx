import type { Me } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import type { ChangeMe } from "../../api/identity-shapes.ts";
import { Field } from "../../ui/field.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { languages } from "../../ui/settings.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useSave } from "../../ui/use-save.ts";

/** Name and language; the address and the roles are the administrator's to change. */
export function PersonForm({ me }: { me: Me }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [typed, setTyped] = useState<{ name?: string; language?: Me["language"] }>({});
  const { name = me.name, language = me.language } = typed;
  const isDirty = name !== me.name || language !== me.language;
  const save = useSave<ChangeMe, Me>("PATCH", () => "/api/me", {
    body: (asked) => asked,
    version: () => null,
    onSuccess: (answer) => {
      client.setQueryData(identityKeys.me, answer);
      setTyped({});
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate({ name, language });
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextField
        label={t("person.name")}
        required
        autoComplete="name"
        value={name}
        onChange={(name) => setTyped({ ...typed, name })}
      />
      <TextField
        label={t("person.email")}
        hint={t("profile.emailHint")}
        readOnly
        value={me.email}
        onChange={() => undefined}
      />
      <Field label={t("shell.language")}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={language ?? ""}
            onChange={(event) => {
              const chosen = languages.find((one) => one === event.target.value) ?? null;
              setTyped({ ...typed, language: chosen });
            }}
          >
            <option value="">{t("profile.languageOfBrowser")}</option>
            <option value="en">English</option>
            <option value="zh-CN">中文</option>
          </select>
        )}
      </Field>
      <p className="hint">
        {t("profile.roles", { roles: me.roles.join(", ") || t("person.noRole") })}
      </p>
      {save.error !== null && <ProblemNote error={save.error} />}
      <div className="form-buttons">
        <button type="submit" className="button button-main" disabled={!isDirty || save.isPending}>
          {t(save.isPending ? "action.sending" : "action.save")}
        </button>
      </div>
    </form>
  );
}
