import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { ProblemPanel } from "../ui/problem.tsx";

/** A page failed to draw, or its part of the program could not be fetched. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const t = useTranslations();
  const shown = error instanceof Error ? error : new Error(String(error));
  return (
    <>
      <h1>{t("problem.page")}</h1>
      <ProblemPanel error={shown} onRetry={reset} />
    </>
  );
}
