import { useTranslations } from "use-intl";

import { useRoles } from "../../api/use-roles.ts";

/** Any number of roles; those a person has already stay to be seen, even if no longer known. */
export function RoleChoice({
  chosen,
  isDisabled = false,
  onChange,
}: {
  chosen: readonly string[];
  isDisabled?: boolean;
  onChange: (roles: string[]) => void;
}) {
  const t = useTranslations();
  const roles = useRoles();
  const unknown = chosen
    .filter((name) => !roles.some(({ role }) => role === name))
    .map((role) => ({ role, title: role }));
  const toggle = (role: string) =>
    onChange(chosen.includes(role) ? chosen.filter((one) => one !== role) : [...chosen, role]);
  return (
    <fieldset className="choices" disabled={isDisabled}>
      <legend>{t("user.roles")}</legend>
      {[...roles, ...unknown].map(({ role, title }) => (
        <label key={role} className="check">
          <input type="checkbox" checked={chosen.includes(role)} onChange={() => toggle(role)} />
          <span>
            {title}
            {title !== role && <span className="address">{role}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
