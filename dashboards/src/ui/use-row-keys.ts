import type { KeyboardEvent, RefObject } from "react";

/**
 * Arrow keys, Home and End move among the links marked `data-row` of a table; Enter follows the link
 * as any link.
 */
export function useRowKeys(body: RefObject<HTMLElement | null>): (event: KeyboardEvent) => void {
  return (event) => {
    const rows = [...(body.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (target === undefined || at === -1) return;
    event.preventDefault();
    rows[target]?.focus();
  };
}
