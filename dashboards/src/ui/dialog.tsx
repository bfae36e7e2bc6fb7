import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslations } from "use-intl";

import { Icon } from "./icon.tsx";

/** A modal dialog (the platform's own: focus stays inside, Escape closes, focus returns after). */
export function Dialog({
  title,
  isWide = false,
  onClose,
  children,
}: {
  title: string;
  /** For tables. */
  isWide?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useTranslations();
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isWide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={titleId}
      onCancel={onClose}
    >
      <header className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={t("action.close")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
