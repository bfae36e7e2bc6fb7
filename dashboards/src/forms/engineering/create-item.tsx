import type { StoredItem } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import type { ItemInput } from "../../api/engineering-shapes.ts";
import { keys } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { useCommand } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemFields } from "./item-fields.tsx";
import { itemInput, newItem } from "./item-input.ts";

/** A new item's master data; what is made gets its routing on the page that opens then. */
export function CreateItem({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(newItem);
  const create = useCommand<ItemInput, StoredItem>(() => "/api/items", {
    body: (asked) => asked,
    onSuccess: async ({ itemId, kind }) => {
      await client.invalidateQueries({ queryKey: keys.items });
      const tab = kind === "make" ? ("routing" as const) : ("master" as const);
      await navigate({ to: paths.item, params: { itemId }, search: { tab } });
    },
  });
  return (
    <FormDialog
      title={t("item.new")}
      action={t("action.add")}
      isPending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate(itemInput(typed, []))}
      onClose={onClose}
    >
      <ItemFields typed={typed} onChange={setTyped} />
    </FormDialog>
  );
}
