import { type RefObject, useEffect, useState } from "react";

export type RowWindow = {
  /** First row to draw and the one behind the last. */
  first: number;
  end: number;
  /** Space in px that stands for the rows above and below. */
  above: number;
  below: number;
};

/**
 * Which rows of a long list to draw: those in view of the scrolling `frame` and some around them, so that
 * thousands cost as much as a screenful. All rows are `rowHeight` px high.
 */
export function useWindow(
  frame: RefObject<HTMLElement | null>,
  { count, rowHeight }: { count: number; rowHeight: number },
): RowWindow {
  const [view, setView] = useState({ top: 0, height: heightGuess });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [frame]);
  return windowOf(view, { count, rowHeight });
}

/** Pure part of `useWindow`: the rows for a scroll position. */
export function windowOf(
  { top, height }: { top: number; height: number },
  { count, rowHeight }: { count: number; rowHeight: number },
): RowWindow {
  const last = Math.ceil((top + height) / rowHeight) + around;
  const end = Math.min(count, last);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - around, end));
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** Scrolls as little as brings a row into view, below a head of `headHeight` px that stays. */
export function scrollToRow(
  frame: HTMLElement,
  index: number,
  { rowHeight, headHeight }: { rowHeight: number; headHeight: number },
): void {
  const top = index * rowHeight;
  const visible = frame.clientHeight - headHeight;
  if (top < frame.scrollTop) frame.scrollTop = top;
  else if (top + rowHeight > frame.scrollTop + visible) frame.scrollTop = top + rowHeight - visible;
}

/** Rows drawn beyond the view: a fast wheel must not show a gap. */
const around = 12;
/** Until the frame was measured; a screenful. */
const heightGuess = 900;
