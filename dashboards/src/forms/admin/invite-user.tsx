import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import type { InviteUser as Invitation, Invited } from "../../api/identity-shapes.ts";
import { LinkDialog } from "../../panels/people/link-dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";
import { DepartmentChoice } from "./department-choice.tsx";
import { RoleChoice } from "./role-choice.tsx";

const blank = { name: "", email: "", roles: [], departmentId: null } as const;

/** Invites somebody by mail, or by a link that is handed over where the installation sends none. */
export function InviteUser({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Invitation & { departmentId: string | null }>({
    ...blank,
    roles: [],
  });
  const invite = useCommand<Invitation, Invited>(() => "/api/admin/users", {
    body: (body) => body,
    onSuccess: () => client.invalidateQueries({ queryKey: identityKeys.users }),
  });
  if (invite.data !== undefined) return <LinkDialog invited={invite.data} onClose={onClose} />;
  return (
    <FormDialog
      title={t("user.invite")}
      action={t("user.inviteAction")}
      isPending={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate(asked)}
      onClose={onClose}
    >
      <TextField
        label={t("person.name")}
        required
        autoComplete="off"
        value={asked.name}
        onChange={(name) => setAsked({ ...asked, name })}
      />
      <TextField
        label={t("person.email")}
        type="email"
        required
        maxLength={254}
        autoComplete="off"
        value={asked.email}
        onChange={(email) => setAsked({ ...asked, email })}
      />
      <RoleChoice chosen={asked.roles} onChange={(roles) => setAsked({ ...asked, roles })} />
      <DepartmentChoice
        label={t("user.department")}
        none={t("user.noDepartment")}
        value={asked.departmentId}
        onChange={(departmentId) => setAsked({ ...asked, departmentId })}
      />
    </FormDialog>
  );
}
