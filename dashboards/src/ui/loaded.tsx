import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

import { ProblemNote, ProblemPanel } from "./problem.tsx";

/**
 * What a query read, its skeleton while it is on the way, or its problem with a way to try again. An
 * answer we have stays on screen when a later read fails, with the problem above it.
 */
export function Loaded<T>({
  query,
  skeleton,
  children,
}: {
  query: Pick<UseQueryResult<T>, "data" | "error" | "refetch">;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  if (data === undefined) {
    if (error === null) return skeleton;
    return <ProblemPanel error={error} onRetry={() => void query.refetch()} />;
  }
  return (
    <>
      {error !== null && <ProblemNote error={error} />}
      {children(data)}
    </>
  );
}

/** Grey blocks of the height the content will have, so that nothing jumps when it comes. */
export function Skeleton({ count = 1, height }: { count?: number; height: number }) {
  const t = useTranslations();
  const blocks = Array.from({ length: count }, (_, index) => index);
  return (
    <output className="skeletons" aria-label={t("value.loading")}>
      {blocks.map((block) => (
        <span key={block} className="skeleton" style={{ height }} />
      ))}
    </output>
  );
}
