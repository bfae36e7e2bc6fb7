import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTimeZone, useTranslations } from "use-intl";

import { postJson } from "../../api/client.ts";
import { identityKeys } from "../../api/identity-queries.ts";
import type { CreateApiKey as Asked, CreatedApiKey } from "../../api/identity-shapes.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { endOfSiteDay } from "../../ui/format/site-time.ts";
import { TextField } from "../../ui/text-field.tsx";
import { newKey } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A key for a program; it is shown once. */
export function CreateApiKey({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const timeZone = useTimeZone() ?? "UTC";
  const [typed, setTyped] = useState({ name: "", roles: [] as string[], endDate: "" });
  const create = useMutation({
    // Not `useCommand`: a repeat could not be answered with the key, so each press is an intent.
    mutationFn: (asked: Asked) => postJson<CreatedApiKey>("/api/admin/api-keys", asked, newKey()),
    onSuccess: () => client.invalidateQueries({ queryKey: identityKeys.apiKeys }),
  });
  if (create.data !== undefined) {
    return (
      <Dialog title={t("apiKey.ready", { name: create.data.apiKey.name })} onClose={onClose}>
        <p className="notice">{t("apiKey.once")}</p>
        <Copyable label={t("apiKey.key")} text={create.data.key} />
        <p className="hint">{t("apiKey.use")}</p>
        <div className="form-buttons">
          <button type="button" className="button button-main" onClick={onClose}>
            {t("action.noted")}
          </button>
        </div>
      </Dialog>
    );
  }
  const { name, roles, endDate } = typed;
  return (
    <FormDialog
      title={t("apiKey.create")}
      action={t("apiKey.createAction")}
      isPending={create.isPending}
      error={create.error}
      onSubmit={() =>
        create.mutate({
          name,
          roles,
          expiresTime: endDate === "" ? null : endOfSiteDay(endDate, timeZone),
        })
      }
      onClose={onClose}
    >
      <TextField
        label={t("apiKey.name")}
        hint={t("apiKey.nameHint")}
        required
        value={name}
        onChange={(name) => setTyped({ ...typed, name })}
      />
      <RoleChoice chosen={roles} onChange={(roles) => setTyped({ ...typed, roles })} />
      <p className="hint">{t("apiKey.rolesHint")}</p>
      <TextField
        label={t("apiKey.expires")}
        hint={t("apiKey.expiresHint")}
        type="date"
        value={endDate}
        onChange={(endDate) => setTyped({ ...typed, endDate })}
      />
    </FormDialog>
  );
}
