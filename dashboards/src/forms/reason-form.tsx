import { useState } from "react";
import { useTranslations } from "use-intl";

import { Field } from "../ui/field.tsx";
import { FormDialog } from "./form-dialog.tsx";

/** Asks why; the reason stays in the order's history. */
export function ReasonForm({
  title,
  action,
  onSubmit,
  onClose,
}: {
  title: string;
  action: string;
  onSubmit: (reason: string) => void;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [reason, setReason] = useState("");
  return (
    <FormDialog
      title={title}
      action={action}
      onSubmit={() => onSubmit(reason.trim())}
      onClose={onClose}
    >
      <Field label={t("form.reason")} hint={t("form.reasonHint")}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            required
            rows={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
