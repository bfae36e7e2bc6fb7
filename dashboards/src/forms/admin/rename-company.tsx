import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import type { Company } from "../../api/identity-shapes.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useSave } from "../../ui/use-save.ts";
import { FormDialog } from "../form-dialog.tsx";

/** Another name for the company; somebody else's edit in between is not overwritten. */
export function RenameCompany({ company, onClose }: { company: Company; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [name, setName] = useState(company.name);
  const save = useSave<string, Company>("PUT", () => "/api/admin/company", {
    body: (asked) => ({ name: asked }),
    version: () => company.version,
    onSuccess: async (answer) => {
      client.setQueryData(identityKeys.company, answer);
      await client.invalidateQueries({ queryKey: identityKeys.me });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("company.rename")}
      action={t("company.renameAction")}
      isPending={save.isPending}
      error={save.error}
      onLookAgain={() => {
        void client.invalidateQueries({ queryKey: identityKeys.company });
        onClose();
      }}
      onSubmit={() => save.mutate(name)}
      onClose={onClose}
    >
      <TextField label={t("company.name")} required value={name} onChange={setName} />
    </FormDialog>
  );
}
