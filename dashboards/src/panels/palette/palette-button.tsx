import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslations } from "use-intl";

import { Icon } from "../../ui/icon.tsx";

/** Fetched when it is first asked for. */
const Palette = lazy(() => import("./palette.tsx").then(({ Palette }) => ({ default: Palette })));

/** Ctrl-K, or this button: the search over everything. */
export function PaletteButton() {
  const t = useTranslations();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      // Another dialog is being filled in: it would lie under the search.
      if (document.querySelector("dialog[open]") === null) setOpen(true);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t("palette.open")}
        title={t("palette.open")}
        onClick={() => setOpen(true)}
      >
        <Icon name="search" />
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
