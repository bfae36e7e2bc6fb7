import { useTranslations } from "use-intl";

import { ProblemNote } from "../../ui/problem.tsx";

/** Save and Discard below an edit that stays on the page, with what the server refused. */
export function SaveBar({
  isChanged,
  isPending,
  error,
  onDiscard,
  onLookAgain,
}: {
  isChanged: boolean;
  isPending: boolean;
  error: Error | null;
  onDiscard: () => void;
  /** Reads what somebody else has saved; what was typed is dropped with it. */
  onLookAgain: () => void;
}) {
  const t = useTranslations();
  if (!isChanged && error === null) return null;
  return (
    <div className="save-bar">
      {error !== null && (
        <ProblemNote
          error={error}
          onLookAgain={() => {
            onDiscard();
            onLookAgain();
          }}
        />
      )}
      <div className="form-buttons">
        <button type="button" className="button" onClick={onDiscard}>
          {t("action.discard")}
        </button>
        <button type="submit" className="button button-main" disabled={isPending}>
          {t(isPending ? "action.sending" : "action.save")}
        </button>
      </div>
    </div>
  );
}
