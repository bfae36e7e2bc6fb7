import type { AuditEntry } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { deviceOf } from "../../ui/format/device.ts";
import { useFormat } from "../../ui/use-format.ts";
import { eventWords } from "../events/event-words.ts";
import { useEventVoice } from "../events/use-event-voice.ts";
import { kindOfChange, shownValue } from "./changes.ts";
import { plainWords, useAuditedTypes } from "./object-words.ts";

/** One entry: when, who and from where, to what, and what is different now. */
export function AuditRow({ entry, onObject }: { entry: AuditEntry; onObject: () => void }) {
  const t = useTranslations();
  const format = useFormat();
  const titleOf = useAuditedTypes();
  const name = entry.label ?? shortId(entry.objectId);
  return (
    <tr>
      <td className="moment">
        <time dateTime={entry.time} title={format.siteTime(entry.time, "date")}>
          {format.siteTime(entry.time, "moment")}
        </time>
      </td>
      <th scope="row" className="cell-person">
        <Who actor={entry.actor} />
      </th>
      <td className="audit-object">
        <span className="address">{titleOf(entry.objectType)}</span>
        <button
          type="button"
          className="button-link"
          title={t("audit.onlyThis", { label: name })}
          onClick={onObject}
        >
          {name}
        </button>
      </td>
      <td className="audit-what">
        <What entry={entry} />
      </td>
    </tr>
  );
}

function Who({ actor }: { actor: AuditEntry["actor"] }) {
  const t = useTranslations();
  const { device } = actor;
  const known = device?.userAgent == null ? null : deviceOf(device.userAgent);
  const system =
    known === null || known.system === null
      ? known?.browser
      : t("session.browserOn", { browser: known.browser, system: known.system });
  return (
    <>
      <span title={actor.id}>
        {actor.name ?? (actor.kind === "system" ? t("audit.system") : actor.id)}
      </span>
      {device !== undefined && (
        <span className="address" title={device.userAgent ?? undefined}>
          {[system ?? t("session.program"), device.address].join(" · ")}
        </span>
      )}
    </>
  );
}

function What({ entry }: { entry: AuditEntry }) {
  const t = useTranslations();
  const voice = useEventVoice();
  if (entry.changes === null) {
    const { message, values } = eventWords(entry, voice);
    return <span>{t(message, values)}</span>;
  }
  const words = { nothing: t("audit.nothing"), yes: t("audit.yes"), no: t("audit.no") };
  return (
    <>
      <b>{t(`audit.change.${kindOfChange(entry.changes)}`)}</b>
      <dl className="changes">
        {entry.changes.map(({ field, before, after }) => (
          <div key={field}>
            <dt>{plainWords(field)}</dt>
            <dd>
              <span className="visually-hidden">{t("audit.before")}: </span>
              <del>{shownValue(before, words)}</del>
              <span aria-hidden="true"> → </span>
              <span className="visually-hidden">{t("audit.after")}: </span>
              <ins>{shownValue(after, words)}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Ids end in what tells them apart. */
function shortId(id: string): string {
  return id.length > 20 ? `…${id.slice(-8)}` : id;
}
