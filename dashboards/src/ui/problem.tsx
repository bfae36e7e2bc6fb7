import { useTranslations } from "use-intl";

import { ProblemError, UnreachableError } from "../api/client.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, in full: the server's words, and for a refusal where it is and what is allowed. */
export function ProblemNote({ error }: { error: Error }) {
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
      <p className="problem-code">{problem.code}</p>
    </div>
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
