import type { Department } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys } from "../../api/identity-queries.ts";
import type { Company, NewDepartment } from "../../api/identity-shapes.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useSave } from "../../ui/use-save.ts";
import { FormDialog } from "../form-dialog.tsx";
import { DepartmentChoice } from "./department-choice.tsx";

/** A department and its place; null makes a new one. */
export function EditDepartment({
  department,
  sites,
  onClose,
}: {
  department: Department | null;
  sites: Company["sites"];
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [typed, setTyped] = useState({
    name: department?.name ?? "",
    parentId: department?.parentId ?? null,
    siteId: department?.siteId ?? null,
  });
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: identityKeys.departments });
    onClose();
  };
  const create = useCommand<NewDepartment, Department>(() => "/api/admin/departments", {
    body: (asked) => asked,
    onSuccess,
  });
  const change = useSave<NewDepartment & { of: Department }, Department>(
    "PUT",
    ({ of }) => `/api/admin/departments/${encodeURIComponent(of.departmentId)}`,
    {
      body: ({ name, parentId, siteId }) => ({ name, parentId, siteId }),
      version: ({ of }) => of.version,
      onSuccess,
    },
  );
  const lookAgain = () => {
    void client.invalidateQueries({ queryKey: identityKeys.departments });
    onClose();
  };
  return (
    <FormDialog
      title={
        department === null ? t("department.add") : t("department.edit", { name: department.name })
      }
      action={t(department === null ? "action.add" : "action.save")}
      isPending={create.isPending || change.isPending}
      error={create.error ?? change.error}
      onLookAgain={lookAgain}
      onSubmit={() => {
        if (department === null) create.mutate(typed);
        else change.mutate({ ...typed, of: department });
      }}
      onClose={onClose}
    >
      <TextField
        label={t("department.name")}
        required
        value={typed.name}
        onChange={(name) => setTyped({ ...typed, name })}
      />
      <DepartmentChoice
        label={t("department.parent")}
        none={t("department.top")}
        value={typed.parentId}
        without={department?.departmentId ?? null}
        onChange={(parentId) => setTyped({ ...typed, parentId })}
      />
      <SelectField
        label={t("site.one")}
        value={typed.siteId ?? ""}
        options={[
          { value: "", title: t("department.anySite") },
          ...sites.map((site) => ({ value: site.siteId, title: site.name })),
        ]}
        onChange={(siteId) => setTyped({ ...typed, siteId: siteId || null })}
      />
    </FormDialog>
  );
}
