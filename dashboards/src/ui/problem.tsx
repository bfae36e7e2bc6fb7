import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { ProblemError, UnreachableError } from "../api/client.ts";
import { useMay } from "../api/identity-queries.ts";
import { paths } from "../paths.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, in full: the server's words, and for a refusal where it is and what is allowed. */
export function ProblemNote({
  error,
  onLookAgain,
}: {
  error: Error;
  /** For edits: drops what was typed and reads what somebody else has saved. */
  onLookAgain?: () => void;
}) {
  const t = useTranslations();
  if (!(error instanceof ProblemError)) {
    const isUnreachable = error instanceof UnreachableError;
    return (
      <div className="problem" role="alert">
        <p className="problem-title">
          <Icon name="down" size={16} />{" "}
          {t(isUnreachable ? "problem.unreachable" : "problem.unexpected")}
        </p>
        <p>{isUnreachable ? t("problem.unreachableHint") : error.message}</p>
      </div>
    );
  }
  const { problem } = error;
  if (problem.status === 412) {
    return (
      <div className="problem" role="alert">
        <p className="problem-title">
          <Icon name="late" size={16} /> {t("problem.changed")}
        </p>
        <p>{t("problem.changedHint")}</p>
        {onLookAgain !== undefined && (
          <button type="button" className="button" onClick={onLookAgain}>
            {t("problem.lookAgain")}
          </button>
        )}
      </div>
    );
  }
  return (
    <div className="problem" role="alert">
      <p className="problem-title">
        <Icon name="down" size={16} /> {problem.title}
      </p>
      <p>{problem.detail}</p>
      <dl className="problem-facts">
        {problem.current !== undefined && (
          <Fact name={t("problem.current")} value={problem.current} />
        )}
        {problem.asked !== undefined && <Fact name={t("problem.asked")} value={problem.asked} />}
        {problem.allowed !== undefined && (
          <Fact
            name={t("problem.allowed")}
            value={problem.allowed.join(", ") || t("problem.allowedNone")}
          />
        )}
      </dl>
      {problem.fields !== undefined && problem.fields.length > 0 && (
        <ul>
          {problem.fields.map((field) => (
            <li key={field.path}>
              <b>{field.path}</b>: {field.message}
            </li>
          ))}
        </ul>
      )}
      {problem.status === 403 && <WhyRefused asked={problem.asked ?? ""} />}
      <p className="problem-code">{problem.code}</p>
    </div>
  );
}

/** The way on from "not allowed": to the reasons for who may see them, else to somebody who may. */
function WhyRefused({ asked }: { asked: string }) {
  const t = useTranslations();
  const mayLook = useMay()("policy:read");
  if (!mayLook) return <p className="hint">{t("problem.whyAsk")}</p>;
  const [objectType = "", action = ""] = asked.split(":");
  return (
    <p>
      <Link to={paths.access} search={{ view: "why", objectType, action }}>
        {t("problem.why")}
      </Link>
    </p>
  );
}

/** In place of something that could not be read. */
export function ProblemPanel({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const t = useTranslations();
  return (
    <div className="problem-panel">
      <ProblemNote error={error} />
      <button type="button" className="button" onClick={onRetry}>
        {t("action.retry")}
      </button>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
