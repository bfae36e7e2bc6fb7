// Roles stand for the tags of a select, which can hold neither groups of links nor what is being loaded.
/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events */
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { useSettled } from "../../forms/item-picker.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { type Hit, useHits } from "./use-hits.ts";

/** Finds pages, items, work orders, places and lots: type, walk with the arrows, Enter goes there. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  /** Enter was pressed before the answer to what was typed. */
  const [isEntered, setEntered] = useState(false);
  const settled = useSettled(text.trim());
  const { hits, isLoading } = useHits(settled);
  const place = Math.min(at, hits.length - 1);
  const go = (hit: Hit) => {
    onClose();
    void navigate(hit.to);
  };
  const goEntered = useEffectEvent(() => {
    setEntered(false);
    const hit = hits[place];
    if (hit !== undefined) go(hit);
  });
  const isAnswered = settled === text.trim() && !isLoading;
  useEffect(() => {
    if (!isEntered || !isAnswered) return undefined;
    const timer = setTimeout(() => goEntered());
    return () => clearTimeout(timer);
  }, [isEntered, isAnswered]);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(hits.length - 1, place + step));
      setAt(next);
      document.getElementById(`hit-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      setEntered(true);
    }
  };
  return (
    <Dialog title={t("palette.open")} onClose={onClose}>
      <input
        className="input palette-input"
        role="combobox"
        aria-label={t("palette.label")}
        aria-expanded={hits.length > 0}
        aria-controls="hits"
        aria-activedescendant={hits.length > 0 ? `hit-${place}` : undefined}
        // One opens it to type.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        autoComplete="off"
        placeholder={t("palette.label")}
        maxLength={80}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setEntered(false);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id="hits" className="hits" role="listbox" aria-label={t("palette.label")}>
        {hits.map((hit, index) => (
          <div
            key={`${hit.group} ${hit.key}`}
            id={`hit-${index}`}
            className="hit"
            role="option"
            tabIndex={-1}
            aria-selected={index === place}
            onPointerMove={() => setAt(index)}
            onClick={() => go(hit)}
          >
            <span className="hit-group">
              {hits[index - 1]?.group === hit.group ? "" : t(`palette.${hit.group}`)}
            </span>
            <b>{hit.title}</b>
            <span className="unit">{hit.detail}</span>
          </div>
        ))}
      </div>
      {hits.length === 0 && (
        <p className="none">
          {t(isLoading ? "value.loading" : settled === "" ? "palette.type" : "palette.none")}
        </p>
      )}
    </Dialog>
  );
}
