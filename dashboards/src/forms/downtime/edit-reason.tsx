import type { DowntimeReason } from "@millwright/contracts/api";
import { lossCategories } from "@millwright/contracts/states/downtime";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { downtimeKeys } from "../../api/downtime-queries.ts";
import { useReasonWords } from "../../panels/downtime/use-reason-words.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useSave } from "../../ui/use-save.ts";
import { FormDialog } from "../form-dialog.tsx";

type Typed = Pick<DowntimeReason, "code" | "name" | "category" | "isActive">;

/** A reason of the list; null makes a new one. */
export function EditReason({
  reason,
  onClose,
}: {
  reason: DowntimeReason | null;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const { nameOf } = useReasonWords();
  const [typed, setTyped] = useState<Typed>({
    code: reason?.code ?? "",
    name: reason === null ? "" : nameOf(reason),
    category: reason?.category ?? "breakdown",
    isActive: reason?.isActive ?? true,
  });
  const lookAgain = async () => {
    await client.invalidateQueries({ queryKey: downtimeKeys.reasons });
    await client.invalidateQueries({ queryKey: downtimeKeys.codes });
    void client.invalidateQueries({ queryKey: downtimeKeys.reports });
    onClose();
  };
  const create = useCommand<Typed, DowntimeReason>(() => "/api/downtime-reasons", {
    body: (asked) => asked,
    onSuccess: lookAgain,
  });
  const change = useSave<Typed & { of: DowntimeReason }, DowntimeReason>(
    "PUT",
    ({ of }) => `/api/downtime-reasons/${encodeURIComponent(of.reasonId)}`,
    {
      body: ({ code, name, category, isActive }) => ({ code, name, category, isActive }),
      version: ({ of }) => of.version,
      onSuccess: lookAgain,
    },
  );
  /** A name that was shown in the reader's language and left as it was stays what it is for all others. */
  const nameToKeep = (of: DowntimeReason) => (typed.name === nameOf(of) ? of.name : typed.name);
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  return (
    <FormDialog
      title={reason === null ? t("downtime.add") : t("downtime.edit", { name: nameOf(reason) })}
      action={t(reason === null ? "action.add" : "action.save")}
      isPending={create.isPending || change.isPending}
      error={create.error ?? change.error}
      onLookAgain={() => void lookAgain()}
      onSubmit={() => {
        if (reason === null) create.mutate(typed);
        else change.mutate({ ...typed, name: nameToKeep(reason), of: reason });
      }}
      onClose={onClose}
    >
      <TextField
        label={t("downtime.code")}
        hint={t("downtime.codeHint")}
        required
        maxLength={40}
        value={typed.code}
        onChange={(code) => set({ code })}
      />
      <TextField
        label={t("downtime.name")}
        required
        value={typed.name}
        onChange={(name) => set({ name })}
      />
      <SelectField
        label={t("downtime.categoryLabel")}
        value={typed.category}
        options={lossCategories.map((value) => ({
          value,
          title: t(`downtime.category.${value}`),
        }))}
        onChange={(category) => set({ category })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={typed.isActive}
          onChange={(event) => set({ isActive: event.target.checked })}
        />
        {t("downtime.isActive")}
      </label>
    </FormDialog>
  );
}
