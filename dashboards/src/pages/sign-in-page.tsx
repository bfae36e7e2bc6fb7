import { useMutation, useQuery } from "@tanstack/react-query";
import { Navigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { isProblem, postJson } from "../api/client.ts";
import { setupQuery, signInMethodsQuery } from "../api/identity-queries.ts";
import type { SignIn } from "../api/identity-shapes.ts";
import { ForgottenPassword } from "../forms/forgotten-password.tsx";
import { Doorway } from "../panels/doorway.tsx";
import { paths } from "../paths.ts";
import { PasswordField } from "../ui/password-field.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { TextField } from "../ui/text-field.tsx";
import { useCountdown } from "../ui/use-countdown.ts";
import { newKey } from "../ui/use-command.ts";
import { useFormat } from "../ui/use-format.ts";
import type { SignInSearch } from "./sign-in-search.ts";

/** The door: a password (with its second step, and the company where there are several), or a provider. */
export function SignInPage() {
  const t = useTranslations();
  const { returnTo = "/", problem }: SignInSearch = useSearch({ from: paths.signIn });
  const { data: setup } = useQuery(setupQuery);
  const [isForgotten, setForgotten] = useState(false);
  if (setup?.isNeeded === true) return <Navigate to={paths.setup} replace />;
  if (isForgotten) return <ForgottenPassword onBack={() => setForgotten(false)} />;
  return (
    <Doorway title={t("signIn.title")}>
      {problem !== undefined && (
        <p className="notice" role="alert">
          {t("signIn.providerFailed")} <span className="problem-code">{problem}</span>
        </p>
      )}
      <PasswordSignIn returnTo={returnTo} onForgotten={() => setForgotten(true)} />
      <Providers returnTo={returnTo} />
    </Doorway>
  );
}

type Typed = { [Name in keyof SignIn]-?: string };

const blank: Typed = { email: "", password: "", code: "", companyName: "" };

function PasswordSignIn({ returnTo, onForgotten }: { returnTo: string; onForgotten: () => void }) {
  const t = useTranslations();
  const format = useFormat();
  const [typed, setTyped] = useState(blank);
  const [asksCode, setAsksCode] = useState(false);
  const [companies, setCompanies] = useState<string[]>([]);
  const lock = useCountdown();
  const signIn = useMutation({
    mutationFn: ({ email, password, code, companyName }: Typed) =>
      postJson(
        "/api/auth/sign-in",
        { email, password, ...(code && { code }), ...(companyName && { companyName }) },
        newKey(),
      ),
    // A page of its own: nothing that was read before sign-in stays.
    onSuccess: () => globalThis.location.assign(returnTo),
    onError: (error) => {
      if (isProblem(error, "sign_in.code_needed")) {
        setAsksCode(true);
        setTyped((typed) => ({ ...typed, code: "" }));
      }
      if (isProblem(error, "sign_in.company_needed")) setCompanies(error.problem.allowed ?? []);
      if (isProblem(error, "sign_in.locked")) lock.start(error.retryAfterMs ?? lockMsUnknown);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!signIn.isPending && lock.remainingMs === 0) signIn.mutate(typed);
  };
  const startAgain = () => {
    setTyped({ ...blank, email: typed.email });
    setAsksCode(false);
    setCompanies([]);
    signIn.reset();
  };
  const isFirstStep = !asksCode && companies.length === 0;
  return (
    <form className="form" onSubmit={submit}>
      {isFirstStep ? (
        <>
          <TextField
            label={t("person.email")}
            type="email"
            required
            maxLength={254}
            autoComplete="username"
            // The page is for nothing else, and a screen reader reads its title first.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
            value={typed.email}
            onChange={(email) => setTyped({ ...typed, email })}
          />
          <PasswordField
            label={t("password.label")}
            value={typed.password}
            onChange={(password) => setTyped({ ...typed, password })}
          />
        </>
      ) : (
        <p>{t("signIn.as", { email: typed.email })}</p>
      )}
      {companies.length > 0 && (
        <CompanyChoice
          companies={companies}
          chosen={typed.companyName}
          onChoose={(companyName) => setTyped({ ...typed, companyName })}
        />
      )}
      {asksCode && (
        <TextField
          label={t("signIn.code")}
          hint={t("signIn.codeHint")}
          required
          maxLength={40}
          autoComplete="one-time-code"
          // The person has just pressed a button to get here.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={typed.code}
          onChange={(code) => setTyped({ ...typed, code })}
        />
      )}
      <SignInProblem error={signIn.error} wasCodeSent={signIn.variables?.code !== ""} />
      {lock.remainingMs > 0 && (
        <output className="notice">
          {t("signIn.locked", { time: format.duration(lock.remainingMs) })}
        </output>
      )}
      <button
        type="submit"
        className="button button-main"
        disabled={signIn.isPending || lock.remainingMs > 0}
      >
        {t(signIn.isPending ? "action.sending" : "signIn.action")}
      </button>
      <button
        type="button"
        className="button button-plain"
        onClick={isFirstStep ? onForgotten : startAgain}
      >
        {t(isFirstStep ? "signIn.forgotten" : "signIn.startAgain")}
      </button>
    </form>
  );
}

/** A lock without Retry-After: asked again soon, and locked again if it still is. */
const lockMsUnknown = 30_000;

/** Refusals that are steps of the way are no problems; the rest says what to do. */
function SignInProblem({ error, wasCodeSent }: { error: Error | null; wasCodeSent: boolean }) {
  const t = useTranslations();
  if (error === null) return null;
  const isCodeRefused = wasCodeSent && isProblem(error, "sign_in.code_needed");
  if (isCodeRefused || isProblem(error, "sign_in.refused")) {
    return (
      <p className="form-error" role="alert">
        {t(isCodeRefused ? "signIn.codeRefused" : "signIn.refused")}
      </p>
    );
  }
  if (steps.some((code) => isProblem(error, code))) return null;
  return <ProblemNote error={error} />;
}

const steps = ["sign_in.code_needed", "sign_in.company_needed", "sign_in.locked"];

function CompanyChoice({
  companies,
  chosen,
  onChoose,
}: {
  companies: readonly string[];
  chosen: string;
  onChoose: (companyName: string) => void;
}) {
  const t = useTranslations();
  return (
    <fieldset className="choices">
      <legend>{t("signIn.company")}</legend>
      {companies.map((company) => (
        <label key={company} className="check">
          <input
            type="radio"
            name="company"
            required
            checked={company === chosen}
            onChange={() => onChoose(company)}
          />
          {company}
        </label>
      ))}
    </fieldset>
  );
}

function Providers({ returnTo }: { returnTo: string }) {
  const t = useTranslations();
  const { data } = useQuery(signInMethodsQuery);
  if (data === undefined || data.providers.length === 0) return null;
  return (
    <section className="providers" aria-label={t("signIn.otherWays")}>
      <p>{t("signIn.or")}</p>
      {data.providers.map(({ providerId, name }) => (
        // Not a page of the app: the server sends the browser on to the provider.
        <a
          key={providerId}
          className="button"
          href={`/api/auth/oidc/${encodeURIComponent(providerId)}/start?${new URLSearchParams({ returnTo })}`}
        >
          {t("signIn.with", { name })}
        </a>
      ))}
    </section>
  );
}
