import { type ReactNode, useEffect } from "react";

import { LanguageSwitch, ThemeSwitch } from "./switches.tsx";

/** The frame of a page before sign-in: one thing to do, on any screen size. */
export function Doorway({
  title,
  lead,
  isWide = false,
  children,
}: {
  title: string;
  lead?: string;
  isWide?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Millwright`;
  }, [title]);
  return (
    <div className="doorway">
      <header className="doorway-head">
        <span className="site-product">Millwright</span>
        <span className="topbar-tools">
          <LanguageSwitch />
          <ThemeSwitch />
        </span>
      </header>
      <main className={isWide ? "doorway-main doorway-wide" : "doorway-main"}>
        <h1>{title}</h1>
        {lead !== undefined && <p className="doorway-lead">{lead}</p>}
        {children}
      </main>
    </div>
  );
}
