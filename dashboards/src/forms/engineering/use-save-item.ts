import type { StoredItem } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import type { ItemInput } from "../../api/engineering-shapes.ts";
import { keys } from "../../api/queries.ts";
import { useSave } from "../../ui/use-save.ts";

/** Saves an item as a whole, on the version that was read. */
export function useSaveItem(item: StoredItem) {
  const client = useQueryClient();
  return useSave<ItemInput, StoredItem>(
    "PUT",
    () => `/api/items/${encodeURIComponent(item.itemId)}`,
    {
      body: (asked) => asked,
      version: () => item.version,
      onSuccess: async (saved) => {
        client.setQueryData(engineeringKeys.item(saved.itemId), saved);
        await client.invalidateQueries({ queryKey: keys.items });
      },
    },
  );
}
