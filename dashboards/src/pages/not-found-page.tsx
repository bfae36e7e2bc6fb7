import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { paths } from "../paths.ts";
import { PageHead } from "../panels/page-head.tsx";

export function NotFoundPage() {
  const t = useTranslations();
  return (
    <>
      <PageHead title={t("notFound.title")} />
      <div className="empty">
        <p>{t("notFound.detail")}</p>
        <Link to={paths.plant} className="button">
          {t("notFound.toPlant")}
        </Link>
      </div>
    </>
  );
}
