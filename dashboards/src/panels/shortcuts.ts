import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef } from "react";

import { useNavigation } from "./navigation.ts";

/** Keys for pages (`g p`), for search (`/`) and for help (`?`); silent while a person types or a dialog is open. */
export function useShortcuts({ onHelp }: { onHelp: () => void }): void {
  const navigate = useNavigate();
  const pages = useNavigation().flatMap(({ pages }) => pages);
  const goPressed = useRef(-Infinity);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    if (event.timeStamp - goPressed.current < sequenceMsMax) {
      goPressed.current = -Infinity;
      const page = pages.find((one) => one.shortcut === `g ${event.key}`);
      if (page === undefined) return;
      event.preventDefault();
      void navigate({ to: page.path });
      return;
    }
    if (event.key === "g") goPressed.current = event.timeStamp;
    if (event.key === "?") onHelp();
    if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("input[type=search]");
      if (search === null) return;
      event.preventDefault();
      search.focus();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

/** Time between `g` and the letter of the page. */
const sequenceMsMax = 1_500;

function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  return (
    target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]")
  );
}
