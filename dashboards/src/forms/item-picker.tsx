// A datalist can show neither what is being loaded nor two columns; so roles stand for its tags.
/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events */
import type { StoredItem } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";

import { itemChoicesQuery } from "../api/engineering-queries.ts";

/** An item as its pickers hand it on. */
export type PickedItem = Pick<
  StoredItem,
  "itemId" | "number" | "name" | "uom" | "kind" | "tracking"
>;

/**
 * Finds one item by number or name: type, walk with the arrows, Enter. What was picked is shown by its
 * number; typing over it lets it go. (WAI-ARIA combobox with a list.)
 */
export function ItemPicker({
  label,
  picked,
  without = [],
  isRequired = false,
  onPick,
}: {
  label: string;
  picked: PickedItem | null;
  /** Items that are not on offer, such as the product in its own BOM. */
  without?: readonly string[];
  isRequired?: boolean;
  onPick: (item: PickedItem | null) => void;
}) {
  const t = useTranslations();
  const id = useId();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const asked = useSettled(text.trim());
  /** Enter was pressed before the answer to what was typed: scanners do not wait. */
  const [isEntered, setEntered] = useState(false);
  const { data, isPlaceholderData } = useQuery({ ...itemChoicesQuery(asked), enabled: isOpen });
  const choices = (data?.rows ?? []).filter(({ itemId }) => !without.includes(itemId));
  const pick = (item: PickedItem) => {
    setOpen(false);
    setEntered(false);
    setText("");
    onPick(item);
  };
  const isAnswered = data !== undefined && !isPlaceholderData && asked === text.trim();
  const pickEntered = useEffectEvent(() => {
    const choice = choices[at];
    setEntered(false);
    if (choice !== undefined) pick(choice);
  });
  useEffect(() => {
    if (!isEntered || !isAnswered) return undefined;
    const timer = setTimeout(() => pickEntered());
    return () => clearTimeout(timer);
  }, [isEntered, isAnswered]);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      setAt(Math.max(0, Math.min(choices.length - 1, at + (isOpen ? step : 0))));
    } else if (event.key === "Escape" && isOpen) {
      // Only the list goes, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      // What is on the list may still be of the text before.
      setEntered(true);
    }
  };
  return (
    <div className="field picker">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && choices.length > 0 ? `${id}-${at}` : undefined}
        autoComplete="off"
        placeholder={t("items.pick")}
        required={isRequired}
        maxLength={100}
        value={picked === null ? text : `${picked.number} · ${picked.name}`}
        onFocus={() => setOpen(picked === null)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          onPick(null);
          setEntered(false);
          setText(picked === null ? event.target.value : "");
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={press}
      />
      {isOpen && (
        <ul id={`${id}-list`} className="picker-list" role="listbox" aria-label={label}>
          {choices.map((item, index) => (
            // The keys of the list are those of its input.
            <li
              key={item.itemId}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => pick(item)}
            >
              <b>{item.number}</b> <span>{item.name}</span>
            </li>
          ))}
          {choices.length === 0 && (
            <li className="none">{t(data === undefined ? "value.loading" : "items.noneFound")}</li>
          )}
        </ul>
      )}
    </div>
  );
}

/** The text once nothing was typed for a moment: one question per pause, not per letter. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

const typingPauseMs = 150;
