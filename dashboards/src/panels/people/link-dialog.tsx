import { useTranslations } from "use-intl";

import type { Invited } from "../../api/identity-shapes.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";

/** What became of a link: it went out by mail, or the administrator hands it over, and sees it once. */
export function LinkDialog({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const t = useTranslations();
  const { user, link } = invited;
  return (
    <Dialog title={t("user.linkFor", { name: user.name })} onClose={onClose}>
      {link === null ? (
        <p>{t("user.linkMailed", { email: user.email })}</p>
      ) : (
        <>
          <p className="notice">{t("user.linkOnce", { name: user.name })}</p>
          <Copyable label={t("user.link")} text={link} />
        </>
      )}
      <div className="form-buttons">
        <button type="button" className="button button-main" onClick={onClose}>
          {t(link === null ? "action.close" : "action.noted")}
        </button>
      </div>
    </Dialog>
  );
}
