import type { StoredItem } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { ItemFields } from "./item-fields.tsx";
import { itemInput, typedItem } from "./item-input.ts";
import { SaveBar } from "./save-bar.tsx";
import { useSaveItem } from "./use-save-item.ts";

/** The master data of an item, saved on the version that was read. */
export function ItemMaster({ item }: { item: StoredItem }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("item:change");
  const [typed, setTyped] = useState(() => typedItem(item));
  const save = useSaveItem(item);
  const isChanged = JSON.stringify(typed) !== JSON.stringify(typedItem(item));
  return (
    <form
      className="form"
      aria-label={t("items.tab.master")}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(itemInput(typed, item.operations));
      }}
    >
      <ItemFields typed={typed} isReadOnly={!mayChange} onChange={setTyped} />
      <SaveBar
        isChanged={isChanged}
        isPending={save.isPending}
        error={save.error}
        onDiscard={() => {
          save.reset();
          setTyped(typedItem(item));
        }}
        onLookAgain={() =>
          void client.invalidateQueries({ queryKey: engineeringKeys.item(item.itemId) })
        }
      />
    </form>
  );
}
