import { type ReactNode, useEffect } from "react";

/** Title of a page, also of the browser's tab; `beside` it its state, opposite what one can do. */
export function PageHead({
  title,
  beside,
  children,
}: {
  title: string;
  beside?: ReactNode;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Millwright`;
  }, [title]);
  return (
    <div className="page-head">
      <div className="page-title">
        <h1>{title}</h1>
        {beside}
      </div>
      {children}
    </div>
  );
}
