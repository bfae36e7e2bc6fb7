import type { User } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys, useMay } from "../../api/identity-queries.ts";
import type { UserWithSessions } from "../../api/identity-shapes.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useSave } from "../../ui/use-save.ts";
import { DepartmentChoice } from "./department-choice.tsx";
import { RoleChoice } from "./role-choice.tsx";

type Edit = { name: string; roles: readonly string[]; departmentId: string | null };

/** Name, roles and department of a user; saved together, on the version that is on screen. */
export function ChangeUser({ user }: { user: UserWithSessions }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("user:change");
  const stored: Edit = { name: user.name, roles: user.roles, departmentId: user.departmentId };
  // What is typed belongs to the version it was typed on: a later one must not be overwritten.
  const [typed, setTyped] = useState<{ edit: Edit; version: number } | null>(null);
  const edit = typed?.edit ?? stored;
  const isDirty = typed !== null && !isSame(typed.edit, stored);
  const lookAgain = async () => {
    setTyped(null);
    save.reset();
    await client.invalidateQueries({ queryKey: identityKeys.user(user.userId) });
  };
  const save = useSave<{ edit: Edit; version: number }, User>(
    "PATCH",
    () => `/api/admin/users/${encodeURIComponent(user.userId)}`,
    {
      body: ({ edit }) => edit,
      version: ({ version }) => version,
      onSuccess: async () => {
        await Promise.all([
          client.invalidateQueries({ queryKey: identityKeys.user(user.userId) }),
          client.invalidateQueries({ queryKey: identityKeys.users }),
          // It may have been oneself.
          client.invalidateQueries({ queryKey: identityKeys.me }),
        ]);
        setTyped(null);
      },
    },
  );
  const change = (part: Partial<Edit>) =>
    setTyped({ edit: { ...edit, ...part }, version: typed?.version ?? user.version });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== null && isDirty && !save.isPending) save.mutate(typed);
  };
  return (
    <form className="form form-user" onSubmit={submit}>
      <div className="form-pair">
        <TextField
          label={t("person.name")}
          required
          disabled={!mayChange}
          value={edit.name}
          onChange={(name) => change({ name })}
        />
        <DepartmentChoice
          label={t("user.department")}
          none={t("user.noDepartment")}
          isDisabled={!mayChange}
          value={edit.departmentId}
          onChange={(departmentId) => change({ departmentId })}
        />
      </div>
      <RoleChoice
        chosen={edit.roles}
        isDisabled={!mayChange}
        onChange={(roles) => change({ roles })}
      />
      {save.error !== null && (
        <ProblemNote error={save.error} onLookAgain={() => void lookAgain()} />
      )}
      {mayChange ? (
        <div className="form-buttons">
          {isDirty && (
            <button type="button" className="button" onClick={() => setTyped(null)}>
              {t("action.discard")}
            </button>
          )}
          <button
            type="submit"
            className="button button-main"
            disabled={!isDirty || save.isPending}
          >
            {t(save.isPending ? "action.sending" : "action.save")}
          </button>
        </div>
      ) : (
        <p className="hint">{t("permission.none", { permission: "user:change" })}</p>
      )}
    </form>
  );
}

function isSame(a: Edit, b: Edit): boolean {
  return (
    a.name.trim() === b.name &&
    a.departmentId === b.departmentId &&
    a.roles.toSorted().join() === b.roles.toSorted().join()
  );
}
