import type { Location } from "@millwright/contracts/api";
import { locationKinds } from "@millwright/contracts/states/stock";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { locationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { Field } from "../../ui/field.tsx";
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
      <Field label={t("items.kind")}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={typed.kind}
            onChange={(event) => {
              const kind = locationKinds.find((one) => one === event.target.value);
              if (kind !== undefined) setTyped({ ...typed, kind });
            }}
          >
            {locationKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`locationKind.${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("stock.liesIn")}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={typed.parentId ?? ""}
            onChange={(event) => setTyped({ ...typed, parentId: event.target.value || null })}
          >
            <option value="">–</option>
            {parents.map(({ locationId, code, name }) => (
              <option key={locationId} value={locationId}>
                {code} · {name}
              </option>
            ))}
          </select>
        )}
      </Field>
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
