import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import type { RolledUp } from "../../api/engineering-shapes.ts";
import { useMay } from "../../api/identity-queries.ts";
import { keys } from "../../api/queries.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";

/** Works the standard costs of all made items out anew, from the structures of today. */
export function RollUpCosts() {
  const t = useTranslations();
  const may = useMay();
  const client = useQueryClient();
  const rollUp = useCommand<null, RolledUp>(() => "/api/cost-roll-ups", {
    body: () => ({}),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.items });
      await client.invalidateQueries({ queryKey: engineeringKeys.boms });
    },
  });
  if (!may("cost:roll_up")) return null;
  return (
    <>
      <button
        type="button"
        className="button button-small"
        disabled={rollUp.isPending}
        onClick={() => rollUp.mutate(null)}
      >
        {rollUp.isPending ? t("action.sending") : t("bom.rollUp")}
      </button>
      {rollUp.error !== null && <ProblemNote error={rollUp.error} />}
      <output>
        {rollUp.data !== undefined &&
          t("bom.rolledUp", { items: rollUp.data.items, changed: rollUp.data.changed })}
      </output>
    </>
  );
}
