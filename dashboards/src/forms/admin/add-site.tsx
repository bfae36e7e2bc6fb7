import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import type { Company, NewSite } from "../../api/identity-shapes.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";
import { TimeZoneField } from "../time-zone-field.tsx";

/** Another site; its Sparkplug group routes what its gateways send. */
export function AddSite({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<NewSite>({
    name: "",
    timeZone: browserTimeZone,
    dayStart: "06:00",
    groupId: "",
  });
  const add = useCommand<NewSite, Company>(() => "/api/admin/sites", {
    body: (body) => body,
    onSuccess: (answer) => {
      client.setQueryData(identityKeys.company, answer);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("site.add")}
      action={t("action.add")}
      isPending={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate(asked)}
      onClose={onClose}
    >
      <TextField
        label={t("site.name")}
        required
        value={asked.name}
        onChange={(name) => setAsked({ ...asked, name })}
      />
      <TimeZoneField
        value={asked.timeZone}
        onChange={(timeZone) => setAsked({ ...asked, timeZone })}
      />
      <TextField
        label={t("site.dayStart")}
        hint={t("site.dayStartHint")}
        type="time"
        required
        value={asked.dayStart}
        onChange={(dayStart) => setAsked({ ...asked, dayStart })}
      />
      <TextField
        label={t("site.groupId")}
        hint={t("site.groupHint")}
        required
        pattern="[^+#\/]+"
        value={asked.groupId}
        onChange={(groupId) => setAsked({ ...asked, groupId })}
      />
    </FormDialog>
  );
}

const browserTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
