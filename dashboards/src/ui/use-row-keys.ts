import { type RefObject, useEffect } from "react";

/**
 * Arrow keys, Home and End move among the links marked `data-row` of a table; Enter follows the link
 * as any link.
 */
export function useRowKeys(body: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const press = (event: KeyboardEvent) => moveAmongRows(element, event);
    element.addEventListener("keydown", press);
    return () => element.removeEventListener("keydown", press);
  }, [body]);
}

function moveAmongRows(body: HTMLElement, event: KeyboardEvent): void {
  const rows = [...body.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (target === undefined || at === -1) return;
  event.preventDefault();
  rows[target]?.focus();
}
