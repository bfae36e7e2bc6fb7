import { type ReactNode, useEffect } from "react";

/** Title of a page, also of the browser's tab, with what one can do on the page at its side. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Millwright`;
  }, [title]);
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
