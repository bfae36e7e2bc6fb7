import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";

import { actorKinds, type AuditSearch } from "../../pages/admin/audit-search.ts";
import { Icon } from "../../ui/icon.tsx";
import { useEventTypes } from "../events/event-type-words.ts";
import { auditedTypes, useAuditedTypes } from "./object-words.ts";

/** What of the audit trail to show; every choice is in the URL. */
export function AuditFilterBar({
  search,
  onChange,
}: {
  search: AuditSearch;
  onChange: (search: AuditSearch) => void;
}) {
  const t = useTranslations();
  const titleOfObject = useAuditedTypes();
  const { types, titleOf } = useEventTypes();
  const choose = (name: keyof AuditSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <search className="filter filter-wide">
      <ActorSearch value={search.actor ?? ""} onChange={(actor) => choose("actor", actor)} />
      <select
        className="select"
        aria-label={t("audit.who")}
        value={search.kind ?? ""}
        onChange={(event) => choose("kind", event.target.value)}
      >
        <option value="">{t("audit.allKinds")}</option>
        {actorKinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`audit.kind.${kind}`)}
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label={t("audit.object")}
        value={search.objectType ?? ""}
        onChange={(event) => {
          const { objectId: _, objectType: __, ...rest } = search;
          const objectType = event.target.value;
          onChange(objectType === "" ? rest : { ...rest, objectType });
        }}
      >
        <option value="">{t("audit.allObjects")}</option>
        {withChosen(auditedTypes, search.objectType).map((objectType) => (
          <option key={objectType} value={objectType}>
            {titleOfObject(objectType)}
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label={t("audit.event")}
        value={search.type ?? ""}
        onChange={(event) => choose("type", event.target.value)}
      >
        <option value="">{t("audit.allEvents")}</option>
        {withChosen(types, search.type).map((type) => (
          <option key={type} value={type}>
            {titleOf(type)}
          </option>
        ))}
      </select>
      {(["from", "to"] as const).map((name) => (
        <label key={name} className="filter-day">
          {t(`audit.${name}`)}
          <input
            className="input"
            type="date"
            value={search[name] ?? ""}
            onChange={(event) => choose(name, event.target.value)}
          />
        </label>
      ))}
    </search>
  );
}

function ActorSearch({ value, onChange }: { value: string; onChange: (actor: string) => void }) {
  const t = useTranslations();
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text), typingPauseMs);
    return () => clearTimeout(timer);
  });
  return (
    <span className="search">
      <Icon name="search" size={16} />
      <input
        type="search"
        aria-label={t("audit.actor")}
        placeholder={t("audit.actor")}
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </span>
  );
}

/** A search per pause in typing, not per letter. */
const typingPauseMs = 250;

/** A choice of the URL stays visible although the list does not have it. */
function withChosen(all: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || all.includes(chosen) ? all : [...all, chosen];
}
