import { useMutation, useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import type { SetUp } from "@millwright/contracts/api";
import { postJson } from "../api/client.ts";
import { setupQuery } from "../api/identity-queries.ts";
import type { Setup } from "../api/identity-shapes.ts";
import { TimeZoneField } from "../forms/time-zone-field.tsx";
import { Doorway } from "../panels/doorway.tsx";
import { paths } from "../paths.ts";
import { useFragmentSecret } from "../ui/fragment.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { PasswordField } from "../ui/password-field.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { newKey } from "../ui/use-command.ts";

/** The first page of a fresh installation: whose it is, where it stands, who runs it. */
export function SetupPage() {
  const t = useTranslations();
  const query = useQuery(setupQuery);
  const code = useFragmentSecret("code");
  if (query.data?.isNeeded === false) return <Navigate to={paths.signIn} replace />;
  return (
    <Doorway title={t("setup.title")} lead={t("setup.lead")} isWide>
      <Loaded query={query} skeleton={<Skeleton count={3} height={140} />}>
        {(proposed) => <SetupForm proposed={proposed} codeOfLink={code} />}
      </Loaded>
    </Doorway>
  );
}

function SetupForm({ proposed, codeOfLink }: { proposed: Setup; codeOfLink: string }) {
  const t = useTranslations();
  const [codeTyped, setCode] = useState("");
  const [company, setCompany] = useState({ name: proposed.companyName });
  const [site, setSite] = useState({ name: "", timeZone: proposed.timeZone, dayStart: "06:00" });
  const [administrator, setAdministrator] = useState({ name: "", email: "", password: "" });
  const setUp = useMutation({
    mutationFn: (asked: SetUp) => postJson("/api/setup", asked, newKey()),
    onSuccess: () => globalThis.location.assign(paths.plant),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!setUp.isPending)
      setUp.mutate({ code: codeOfLink || codeTyped, company, site, administrator });
  };
  return (
    <form className="form" onSubmit={submit}>
      {codeOfLink === "" && (
        <TextField
          label={t("setup.code")}
          hint={t("setup.codeHint")}
          required
          autoComplete="off"
          spellCheck={false}
          value={codeTyped}
          onChange={setCode}
        />
      )}
      <fieldset className="form-part">
        <legend>{t("setup.company")}</legend>
        <TextField
          label={t("setup.companyName")}
          required
          autoComplete="organization"
          value={company.name}
          onChange={(name) => setCompany({ name })}
        />
      </fieldset>
      <fieldset className="form-part">
        <legend>{t("setup.site")}</legend>
        <TextField
          label={t("site.name")}
          hint={t("setup.siteHint")}
          required
          value={site.name}
          onChange={(name) => setSite({ ...site, name })}
        />
        <TimeZoneField
          value={site.timeZone}
          onChange={(timeZone) => setSite({ ...site, timeZone })}
        />
        <TextField
          label={t("site.dayStart")}
          hint={t("site.dayStartHint")}
          type="time"
          required
          value={site.dayStart}
          onChange={(dayStart) => setSite({ ...site, dayStart })}
        />
      </fieldset>
      <fieldset className="form-part">
        <legend>{t("setup.administrator")}</legend>
        <TextField
          label={t("person.name")}
          required
          autoComplete="name"
          value={administrator.name}
          onChange={(name) => setAdministrator({ ...administrator, name })}
        />
        <TextField
          label={t("person.email")}
          type="email"
          required
          maxLength={254}
          autoComplete="username"
          value={administrator.email}
          onChange={(email) => setAdministrator({ ...administrator, email })}
        />
        <PasswordField
          label={t("password.label")}
          isNew
          value={administrator.password}
          onChange={(password) => setAdministrator({ ...administrator, password })}
        />
      </fieldset>
      {setUp.error !== null && <ProblemNote error={setUp.error} />}
      <button type="submit" className="button button-main" disabled={setUp.isPending}>
        {t(setUp.isPending ? "action.sending" : "setup.action")}
      </button>
    </form>
  );
}
