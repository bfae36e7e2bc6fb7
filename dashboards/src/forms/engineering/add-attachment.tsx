import type { StoredItem } from "@millwright/contracts/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { attachmentsQuery, sendAttachment } from "../../api/attachments.ts";
import { Field } from "../../ui/field.tsx";
import { newKey } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";

/** Attaches a file to an item, or to one step of its routing. */
export function AddAttachment({ item, onClose }: { item: StoredItem; onClose: () => void }) {
  const t = useTranslations();
  const queries = useQueryClient();
  const { itemId, operations } = item;
  const [file, setFile] = useState<File | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const send = useMutation({
    mutationFn: (chosen: File) => sendAttachment({ itemId, step, file: chosen }, newKey()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: attachmentsQuery(itemId).queryKey });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("attachments.add")}
      action={t("action.add")}
      isPending={send.isPending}
      error={send.error}
      onSubmit={() => {
        if (file !== null) send.mutate(file);
      }}
      onClose={onClose}
    >
      <Field label={t("attachments.file")} hint={t("attachments.hint")}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="file"
            required
            accept=".pdf,.png,.jpg,.jpeg,.svg,.step,.stp"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        )}
      </Field>
      {operations.length > 0 && (
        <Field label={t("attachments.step")}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={step ?? ""}
              onChange={({ target }) => setStep(target.value === "" ? null : Number(target.value))}
            >
              <option value="">{t("attachments.ofItem")}</option>
              {operations.map((operation) => (
                <option key={operation.step} value={operation.step}>
                  {operation.step} {operation.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </FormDialog>
  );
}
