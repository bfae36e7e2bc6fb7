import type { Notification, NotificationList } from "@millwright/contracts/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { postJson } from "../../api/client.ts";
import { eventKeys, notificationsQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { DataAge } from "../../ui/age.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { newKey } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useSubscriptionTitle } from "../board/subscription-words.ts";
import { alertValues, placeOf } from "./alert-words.ts";

/** What needs somebody, newest first; each person marks for himself what he has seen. */
export function AlertList() {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useQuery(notificationsQuery);
  const read = useMutation({
    // Marking twice is marking once: a new key per press does no harm.
    mutationFn: (id: string) =>
      postJson<NotificationList>(`/api/notifications/${id}/read`, {}, newKey()),
    onSuccess: (list) => client.setQueryData(eventKeys.notifications, list),
  });
  const isAnyUnread = (query.data?.unread ?? 0) > 0;
  return (
    <Panel
      title={t("notification.list")}
      actions={
        isAnyUnread && (
          <button
            type="button"
            className="button button-small"
            disabled={read.isPending}
            onClick={() => read.mutate("all")}
          >
            {t("notification.readAll")}
          </button>
        )
      }
    >
      {read.error !== null && <ProblemNote error={read.error} />}
      <Loaded query={query} skeleton={<Skeleton count={5} height={56} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("notification.none")}</p>
          ) : (
            <ol className="alerts" aria-label={t("notification.list")}>
              {rows.map((alert) => (
                <Alert
                  key={alert.notificationId}
                  alert={alert}
                  onRead={() => read.mutate(alert.notificationId)}
                />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Alert({ alert, onRead }: { alert: Notification; onRead: () => void }) {
  const t = useTranslations();
  const may = useMay();
  const format = useFormat();
  const titleOf = useSubscriptionTitle();
  const place = placeOf(alert);
  const values = alertValues(alert, {
    subscription: titleOf,
    siteTime: (instant) => format.siteTime(instant, "dayMinute"),
  });
  return (
    <li data-unread={!alert.isRead}>
      <p className="alert-title">
        {t(`notification.kind.${alert.kind}`)}
        {!alert.isRead && <span className="alert-unread">{t("notification.unread")}</span>}
      </p>
      <p className="alert-words">{t(`notification.says.${alert.kind}`, values)}</p>
      <div className="alert-end">
        <DataAge time={alert.time} isHeld />
        {may(place.needs) && (
          <Link to={place.to} search={place.search} className="button button-small">
            {t("notification.look")}
          </Link>
        )}
        {!alert.isRead && (
          <button type="button" className="button button-small" onClick={onRead}>
            {t("notification.readOne")}
          </button>
        )}
      </div>
    </li>
  );
}
