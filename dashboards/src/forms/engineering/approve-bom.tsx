import type { Bom } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FormDialog } from "../form-dialog.tsx";

/** Approves a draft from a day on; the revision before it ends there. */
export function ApproveBom({ bom, onClose }: { bom: Bom; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { today } = useFormat();
  const [from, setFrom] = useState(today());
  const approve = useCommand<{ from: string }, Bom>(
    () => `/api/boms/${encodeURIComponent(bom.bomId)}/approve`,
    {
      body: (asked) => asked,
      onSuccess: async (approved) => {
        client.setQueryData(engineeringKeys.bom(approved.bomId), approved);
        await client.invalidateQueries({ queryKey: engineeringKeys.boms });
        onClose();
      },
    },
  );
  return (
    <FormDialog
      title={t("bom.approveTitle", { item: bom.itemNumber, revision: bom.revision })}
      action={t("bom.approve")}
      isPending={approve.isPending}
      error={approve.error}
      onSubmit={() => approve.mutate({ from })}
      onClose={onClose}
    >
      <p>{t("bom.approveDetail")}</p>
      <TextField label={t("bom.from")} type="date" required value={from} onChange={setFrom} />
    </FormDialog>
  );
}
