import type { Session } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { deviceOf } from "../../ui/format/device.ts";
import { useFormat } from "../../ui/use-format.ts";

/** Where a person is signed in; with `onRevoke`, the other sessions can be ended. */
export function SessionList({
  sessions,
  label,
  onRevoke,
}: {
  sessions: readonly Session[];
  label: string;
  onRevoke?: (session: Session) => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  if (sessions.length === 0) return <p className="none">{t("session.none")}</p>;
  return (
    <div className="table-frame">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            <th>{t("session.device")}</th>
            <th>{t("session.address")}</th>
            <th className="column-wide">{t("session.started")}</th>
            <th>{t("session.lastSeen")}</th>
            {onRevoke !== undefined && (
              <th>
                <span className="visually-hidden">{t("session.revoke")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.sessionId}>
              <th scope="row">
                <DeviceName userAgent={session.userAgent} />
                <span className="address">
                  {session.method === "password" ? t("session.password") : session.method}
                </span>
              </th>
              <td>{session.address}</td>
              <td className="column-wide moment">
                {format.siteTime(session.startedTime, "dayMinute")}
              </td>
              <td className="moment">
                {session.isCurrent
                  ? t("session.current")
                  : format.siteTime(session.lastSeenTime, "dayMinute")}
              </td>
              {onRevoke !== undefined && (
                <td className="cell-action">
                  {!session.isCurrent && (
                    <button
                      type="button"
                      className="button button-small"
                      onClick={() => onRevoke(session)}
                    >
                      {t("session.revoke")}
                    </button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DeviceName({ userAgent }: { userAgent: string }) {
  const t = useTranslations();
  const device = deviceOf(userAgent);
  if (device === null) return <span title={userAgent}>{t("session.program")}</span>;
  const { browser, system } = device;
  return (
    <span title={userAgent}>
      {system === null ? browser : t("session.browserOn", { browser, system })}
    </span>
  );
}
