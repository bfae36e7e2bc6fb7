import type { Location } from "@millwright/contracts/api";
import { locationKinds } from "@millwright/contracts/states/stock";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { locationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";

type NewPlace = Pick<Location, "parentId" | "kind" | "code" | "name">;

/** A new warehouse, zone or bin, or a place that stock comes from or goes to. */
export function AddLocation({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { data } = useQuery(locationsQuery);
  const [typed, setTyped] = useState<NewPlace>({ parentId: null, kind: "bin", code: "", name: "" });
  const create = useCommand<NewPlace, Location>(() => "/api/stock/locations", {
    body: (asked) => asked,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: stockKeys.locations });
      onClose();
    },
  });
  const parents = (data?.rows ?? []).filter(({ kind }) =>
    ["site", "warehouse", "zone"].includes(kind),
  );
  return (
    <FormDialog
      title={t("stock.addPlace")}
      action={t("action.add")}
      isPending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(typed)}
      onClose={onClose}
    >
      <SelectField
        label={t("items.kind")}
        value={typed.kind}
        options={locationKinds.map((value) => ({ value, title: t(`locationKind.${value}`) }))}
        onChange={(kind) => setTyped({ ...typed, kind })}
      />
      <SelectField
        label={t("stock.liesIn")}
        value={typed.parentId ?? ""}
        options={[
          { value: "", title: "–" },
          ...parents.map(({ locationId, code, name }) => ({
            value: locationId,
            title: `${code} · ${name}`,
          })),
        ]}
        onChange={(parentId) => setTyped({ ...typed, parentId: parentId || null })}
      />
      <TextField
        label={t("stock.code")}
        hint={t("stock.codeHint")}
        required
        maxLength={40}
        value={typed.code}
        onChange={(code) => setTyped({ ...typed, code })}
      />
      <TextField
        label={t("item.name")}
        required
        value={typed.name}
        onChange={(name) => setTyped({ ...typed, name })}
      />
    </FormDialog>
  );
}
