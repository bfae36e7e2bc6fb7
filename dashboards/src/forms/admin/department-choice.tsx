import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { departmentsQuery, useMay } from "../../api/identity-queries.ts";
import { departmentTree } from "../../panels/people/department-tree.ts";
import { Field } from "../../ui/field.tsx";

/** A department or none, as a tree; `without`: one that cannot be chosen, with all below it. */
export function DepartmentChoice({
  label,
  none,
  value,
  without = null,
  isDisabled = false,
  onChange,
}: {
  label: string;
  none: string;
  value: string | null;
  without?: string | null;
  isDisabled?: boolean;
  onChange: (departmentId: string | null) => void;
}) {
  const t = useTranslations();
  const { data } = useQuery({ ...departmentsQuery, enabled: useMay()("department:read") });
  const rows = departmentTree(data?.rows ?? [], without);
  const isUnknown = value !== null && !rows.some((row) => row.department.departmentId === value);
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          className="select"
          disabled={isDisabled}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
        >
          <option value="">{none}</option>
          {isUnknown && <option value={value}>{t("department.unknown")}</option>}
          {rows.map(({ department, depth }) => (
            <option key={department.departmentId} value={department.departmentId}>
              {"\u2003".repeat(depth)}
              {department.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
