import type { FormEvent, ReactNode } from "react";
import { useTranslations } from "use-intl";

import { Dialog } from "../ui/dialog.tsx";
import { ProblemNote } from "../ui/problem.tsx";

/** A form in a dialog: its fields, what the server refused, and the two buttons. */
export function FormDialog({
  title,
  action,
  isDanger = false,
  isPending = false,
  error = null,
  onLookAgain,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  action: string;
  isDanger?: boolean;
  isPending?: boolean;
  error?: Error | null;
  /** Where an edit may meet another one: drops this one and shows what is stored now. */
  onLookAgain?: () => void;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useTranslations();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="form">
        {children}
        {error !== null && (
          <ProblemNote error={error} {...(onLookAgain !== undefined && { onLookAgain })} />
        )}
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t("action.back")}
          </button>
          <button
            type="submit"
            className={isDanger ? "button button-danger" : "button button-main"}
            disabled={isPending}
          >
            {isPending ? t("action.sending") : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
