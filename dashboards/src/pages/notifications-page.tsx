import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { AlertList } from "../panels/notifications/alert-list.tsx";
import { Recipients } from "../panels/notifications/recipients.tsx";
import { PageHead } from "../panels/page-head.tsx";
import "../ui/events.css";

/** The notification centre: what needs somebody, and who is mailed about it. */
export function NotificationsPage() {
  const t = useTranslations();
  const may = useMay();
  return (
    <>
      <PageHead title={t("page.notifications")} />
      {may("notification:read") && <AlertList />}
      {may("notification:change_recipients") && <Recipients />}
    </>
  );
}
