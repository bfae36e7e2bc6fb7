import type { CycleCount, Scanned } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { getJson } from "../../api/client.ts";
import type { Page } from "../../api/queries.ts";
import { stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { type ScanAnswer, ScanBox } from "./scan-box.tsx";

/** Scanning a bin opens its count, or goes on with the one that is open. */
export function OpenCount() {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: [...stockKeys.counts, "open"],
    queryFn: ({ signal }) =>
      getJson<Page<CycleCount>>("/api/cycle-counts?state=open&limit=200", signal),
  });
  const go = (countId: string) => void navigate({ to: paths.count, params: { countId } });
  const open = useCommand<{ locationId: string }, CycleCount>(() => "/api/cycle-counts", {
    body: (asked) => asked,
    onSuccess: async ({ countId }) => {
      await client.invalidateQueries({ queryKey: stockKeys.counts });
      go(countId);
    },
  });
  const take = ({ kind, locationId }: Scanned): ScanAnswer => {
    if (kind !== "location" || locationId === null) return t("scanner.notPlace");
    const known = data?.rows.find((one) => one.locationId === locationId);
    if (known === undefined) open.mutate({ locationId });
    else go(known.countId);
    return null;
  };
  return (
    <div className="scanner-steps">
      <ScanBox prompt={t("scanner.scanBinToCount")} onScan={take} />
      {open.error !== null && <ProblemNote error={open.error} />}
      {data !== undefined && data.rows.length > 0 && (
        <section aria-label={t("scanner.openCounts")}>
          <h2>{t("scanner.openCounts")}</h2>
          <div className="bin-buttons">
            {data.rows.map(({ countId, locationCode, number }) => (
              <button
                key={countId}
                type="button"
                className="button bin-button"
                onClick={() => go(countId)}
              >
                <b>{locationCode}</b>
                <span>{number}</span>
              </button>
            ))}
          </div>
        </section>
      )}
    </div>
  );
}
