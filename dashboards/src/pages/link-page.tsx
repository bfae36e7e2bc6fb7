import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { isProblem, postJson } from "../api/client.ts";
import type { LinkPurpose } from "../api/identity-shapes.ts";
import { Doorway } from "../panels/doorway.tsx";
import { paths } from "../paths.ts";
import { useFragmentSecret } from "../ui/fragment.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { PasswordField } from "../ui/password-field.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { newKey } from "../ui/use-command.ts";

/** Where a link of a mail leads: an invitation is accepted, or a new password chosen. */
export function LinkPage() {
  const t = useTranslations();
  const token = useFragmentSecret("token");
  const query = useQuery({
    // A POST, because it carries a secret; it changes nothing.
    queryKey: ["link", token],
    queryFn: () => postJson<LinkPurpose>("/api/auth/links/read", { token }, newKey()),
    enabled: token !== "",
  });
  if (token === "" || isProblem(query.error, "link.not_valid")) return <DeadLink />;
  const purpose = query.data?.purpose;
  return (
    <Doorway title={t(purpose === undefined ? "link.title" : `link.purpose.${purpose}`)}>
      <Loaded query={query} skeleton={<Skeleton height={200} />}>
        {(link) => <LinkForm token={token} link={link} />}
      </Loaded>
    </Doorway>
  );
}

function LinkForm({ token, link }: { token: string; link: LinkPurpose }) {
  const t = useTranslations();
  const isInvitation = link.purpose === "invitation";
  const [name, setName] = useState(link.name);
  const [password, setPassword] = useState("");
  const use = useMutation({
    mutationFn: () =>
      postJson("/api/auth/links/use", { token, password, ...(isInvitation && { name }) }, newKey()),
    onSuccess: () => globalThis.location.assign(paths.plant),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!use.isPending) use.mutate();
  };
  if (isProblem(use.error, "link.not_valid")) return <ProblemNote error={use.error} />;
  return (
    <form className="form" onSubmit={submit}>
      <p>{t(`link.lead.${link.purpose}`, { company: link.companyName })}</p>
      {/* Password managers file the new password under this name. */}
      <TextField
        label={t("person.email")}
        readOnly
        autoComplete="username"
        value={link.email}
        onChange={() => undefined}
      />
      {isInvitation && (
        <TextField
          label={t("person.name")}
          required
          autoComplete="name"
          value={name}
          onChange={setName}
        />
      )}
      <PasswordField label={t("password.new")} isNew value={password} onChange={setPassword} />
      {use.error !== null && <ProblemNote error={use.error} />}
      <button type="submit" className="button button-main" disabled={use.isPending}>
        {t(use.isPending ? "action.sending" : `link.action.${link.purpose}`)}
      </button>
    </form>
  );
}

function DeadLink() {
  const t = useTranslations();
  return (
    <Doorway title={t("link.dead")}>
      <p>{t("link.deadHint")}</p>
      <Link to={paths.signIn} className="button">
        {t("link.toSignIn")}
      </Link>
    </Doorway>
  );
}
