import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { notificationsQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";

/** How many alerts a person has not read, on every page; leads to them. */
export function Bell() {
  const t = useTranslations();
  const mayRead = useMay()("notification:read");
  const unread = useQuery({ ...notificationsQuery, enabled: mayRead }).data?.unread ?? 0;
  if (!mayRead) return null;
  const label = t("notification.bell", { count: unread });
  return (
    <Link to={paths.notifications} className="icon-button bell" aria-label={label} title={label}>
      <Icon name="bell" />
      {unread > 0 && (
        <span className="bell-count" aria-hidden="true">
          {unread > shownMax ? `${shownMax}+` : unread}
        </span>
      )}
    </Link>
  );
}

const shownMax = 99;
