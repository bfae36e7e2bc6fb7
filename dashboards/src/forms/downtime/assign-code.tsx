import type { MachineReasonCode } from "@millwright/contracts/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { saveJson } from "../../api/client.ts";
import { downtimeKeys, downtimeReasonsQuery } from "../../api/downtime-queries.ts";
import { plantQuery } from "../../api/queries.ts";
import { useReasonWords } from "../../panels/downtime/use-reason-words.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { FormDialog } from "../form-dialog.tsx";

export type Meaning = { code: string; workUnitId: string | null; reasonId: string | null };

/** Says what a code of machines means, or (reason null) that it means nothing any more. */
export function useAssignCode(onSuccess: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (meaning: Meaning) =>
      saveJson<{ rows: MachineReasonCode[] }>("PUT", "/api/machine-reason-codes", meaning, null),
    onSuccess: (codes) => {
      client.setQueryData(downtimeKeys.codes, codes);
      void client.invalidateQueries({ queryKey: downtimeKeys.reports });
      void client.invalidateQueries({ queryKey: ["stops"] });
      onSuccess();
    },
  });
}

/** The form of it; `code` is what a machine sent, where that is known. */
export function AssignCode({ code = "", onClose }: { code?: string; onClose: () => void }) {
  const t = useTranslations();
  const { nameOf } = useReasonWords();
  const { data: reasons } = useQuery(downtimeReasonsQuery);
  const { data: plant } = useQuery(plantQuery);
  const [typed, setTyped] = useState({ code, workUnitId: "", reasonId: "" });
  const assign = useAssignCode(onClose);
  const machines = (plant?.tiles ?? []).flatMap(({ workUnitId, workCenterName }) =>
    workUnitId === null ? [] : [{ value: workUnitId, title: workCenterName }],
  );
  const active = (reasons?.rows ?? []).filter(({ isActive }) => isActive);
  return (
    <FormDialog
      title={t("downtime.codeTitle")}
      action={t("action.save")}
      isPending={assign.isPending}
      error={assign.error}
      onSubmit={() => assign.mutate({ ...typed, workUnitId: typed.workUnitId || null })}
      onClose={onClose}
    >
      <TextField
        label={t("downtime.code")}
        required
        maxLength={200}
        value={typed.code}
        onChange={(value) => setTyped({ ...typed, code: value })}
      />
      <SelectField
        label={t("downtime.machine")}
        hint={t("downtime.machineHint")}
        value={typed.workUnitId}
        options={[{ value: "", title: t("downtime.allMachines") }, ...machines]}
        onChange={(workUnitId) => setTyped({ ...typed, workUnitId })}
      />
      <SelectField
        label={t("downtime.means")}
        required
        value={typed.reasonId}
        options={[
          { value: "", title: t("form.choose") },
          ...active.map((one) => ({
            value: one.reasonId,
            title: `${t(`downtime.category.${one.category}`)}: ${nameOf(one)}`,
          })),
        ]}
        onChange={(reasonId) => setTyped({ ...typed, reasonId })}
      />
    </FormDialog>
  );
}
