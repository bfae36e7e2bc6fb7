import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { postJson } from "../api/client.ts";
import { Doorway } from "../panels/doorway.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { newKey } from "../ui/use-command.ts";

/** Asks for a link to choose a new password. The answer is the same whether the address is known. */
export function ForgottenPassword({ onBack }: { onBack: () => void }) {
  const t = useTranslations();
  const [email, setEmail] = useState("");
  const ask = useMutation({
    mutationFn: () => postJson("/api/auth/password-reset", { email }, newKey()),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ask.isPending) ask.mutate();
  };
  return (
    <Doorway title={t("forgotten.title")} lead={t("forgotten.lead")}>
      {ask.isSuccess ? (
        <output className="notice">{t("forgotten.sent", { email })}</output>
      ) : (
        <form className="form" onSubmit={submit}>
          <TextField
            label={t("person.email")}
            type="email"
            required
            maxLength={254}
            autoComplete="username"
            // The person has just pressed a button to get here.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={email}
            onChange={setEmail}
          />
          {ask.error !== null && <ProblemNote error={ask.error} />}
          <button type="submit" className="button button-main" disabled={ask.isPending}>
            {t(ask.isPending ? "action.sending" : "forgotten.action")}
          </button>
        </form>
      )}
      <p className="hint">{t("forgotten.noMail")}</p>
      <button type="button" className="button button-plain" onClick={onBack}>
        {t("link.toSignIn")}
      </button>
    </Doorway>
  );
}
