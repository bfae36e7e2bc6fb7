import { useState } from "react";
import { useTranslations } from "use-intl";

import type { Role } from "../../api/identity-shapes.ts";
import { type PolicyDraft, withAncestors, withoutRole } from "../../panels/access/matrix.ts";
import { TextField } from "../../ui/text-field.tsx";
import { FormDialog } from "../form-dialog.tsx";

/** A role of the draft: its title, and the roles whose rules it has as well. Null: a new one. */
export function EditRole({
  role,
  draft,
  mayChange,
  onChange,
  onClose,
}: {
  role: Role | null;
  draft: PolicyDraft;
  mayChange: boolean;
  onChange: (draft: PolicyDraft) => void;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [typed, setTyped] = useState<Role>(role ?? { role: "", title: "", parents: [] });
  const [isNamed, setNamed] = useState(role !== null);
  // A role cannot inherit from one that inherits from it.
  const possible = draft.roles.filter(
    (one) => role === null || !withAncestors(one.role, draft.roles).includes(role.role),
  );
  const isTaken = role === null && draft.roles.some((one) => one.role === typed.role);
  const submit = () => {
    if (isTaken) return;
    const others = draft.roles.filter((one) => one.role !== role?.role);
    if (mayChange) onChange({ ...draft, roles: [...others, typed] });
    onClose();
  };
  const toggle = (parent: string) =>
    setTyped({
      ...typed,
      parents: typed.parents.includes(parent)
        ? typed.parents.filter((one) => one !== parent)
        : [...typed.parents, parent],
    });
  return (
    <FormDialog
      title={role === null ? t("access.addRole") : t("access.editRole", { role: role.title })}
      action={t(role === null ? "action.add" : "access.take")}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t("access.roleTitle")}
        required
        maxLength={200}
        disabled={!mayChange}
        value={typed.title}
        onChange={(title) =>
          setTyped({ ...typed, title, ...(!isNamed && { role: nameOf(title) }) })
        }
      />
      <TextField
        label={t("access.roleName")}
        hint={t(isTaken ? "access.roleTaken" : "access.roleNameHint")}
        required
        pattern="[a-z][a-z0-9_]{0,62}"
        maxLength={63}
        disabled={role !== null}
        value={typed.role}
        onChange={(name) => {
          setNamed(true);
          setTyped({ ...typed, role: name });
        }}
      />
      {possible.length > 0 && (
        <fieldset className="choices" disabled={!mayChange}>
          <legend>{t("access.parents")}</legend>
          {possible.map((one) => (
            <label key={one.role} className="check">
              <input
                type="checkbox"
                checked={typed.parents.includes(one.role)}
                onChange={() => toggle(one.role)}
              />
              {one.title}
            </label>
          ))}
        </fieldset>
      )}
      {role !== null && mayChange && (
        <button
          type="button"
          className="button button-danger button-start"
          onClick={() => {
            onChange(withoutRole(draft, role.role));
            onClose();
          }}
        >
          {t("access.removeRole")}
        </button>
      )}
      <p className="hint">{t("access.notYetSaved")}</p>
    </FormDialog>
  );
}

/** `Shift leader (night)` → `shift_leader_night`; other scripts leave it to the person. */
function nameOf(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .replace(/_$/, "")
    .slice(0, 63);
}
