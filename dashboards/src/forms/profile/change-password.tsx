import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import { PasswordField } from "../../ui/password-field.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";

const blank = { currentPassword: "", newPassword: "" };

/** Ends every other session, which the person is told before and sees after. */
export function ChangePassword({ email }: { email: string }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [typed, setTyped] = useState(blank);
  const change = useCommand<typeof blank, object>(() => "/api/me/password", {
    body: (asked) => asked,
    onSuccess: () => {
      setTyped(blank);
      return client.invalidateQueries({ queryKey: identityKeys.mySessions });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!change.isPending) change.mutate(typed);
  };
  return (
    <form className="form" onSubmit={submit}>
      {/* Tells password managers whose password it is. */}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordField
        label={t("password.current")}
        value={typed.currentPassword}
        onChange={(currentPassword) => setTyped({ ...typed, currentPassword })}
      />
      <PasswordField
        label={t("password.new")}
        isNew
        value={typed.newPassword}
        onChange={(newPassword) => setTyped({ ...typed, newPassword })}
      />
      <p className="hint">{t("password.endsOthers")}</p>
      {change.error !== null && <ProblemNote error={change.error} />}
      {change.isSuccess && typed === blank && (
        <output className="notice notice-good">{t("password.changed")}</output>
      )}
      <div className="form-buttons">
        <button type="submit" className="button button-main" disabled={change.isPending}>
          {t(change.isPending ? "action.sending" : "password.change")}
        </button>
      </div>
    </form>
  );
}
