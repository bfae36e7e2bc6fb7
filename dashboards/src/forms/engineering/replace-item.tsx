import type { StoredItem } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import type { ReplacedBom, Replacement } from "../../api/engineering-shapes.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";
import { decimalPattern } from "./item-fields.tsx";
import { decimal } from "./item-input.ts";

/** Replaces an item in every BOM from a day on: first what would change, then all of it or nothing. */
export function ReplaceItem({ item, onClose }: { item: StoredItem; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { today } = useFormat();
  const [by, setBy] = useState<PickedItem | null>(null);
  const [factor, setFactor] = useState("1");
  const [from, setFrom] = useState(today());
  /** What a dry run said, and to what question. */
  const [tried, setTried] = useState<{ asked: string; rows: ReplacedBom[] } | null>(null);
  const [done, setDone] = useState<ReplacedBom[] | null>(null);
  const asked: Replacement = {
    itemId: item.itemId,
    byItemId: by?.itemId ?? "",
    quantityFactor: decimal(factor),
    from,
  };
  const words = JSON.stringify(asked);
  const shown = done ?? (tried?.asked === words ? tried.rows : null);
  const replace = useCommand<Replacement, { rows: ReplacedBom[] }>(() => "/api/boms/replace-item", {
    body: (one) => one,
    onSuccess: async ({ rows }) => {
      if (rows.every(({ newBomId }) => newBomId === null) && tried?.asked !== words) {
        setTried({ asked: words, rows });
        return;
      }
      setDone(rows);
      await client.invalidateQueries({ queryKey: engineeringKeys.boms });
    },
  });
  const isTried = shown !== null && done === null;
  const submit = () => {
    if (done !== null) onClose();
    else replace.mutate({ ...asked, isDryRun: !isTried });
  };
  const count = shown?.length ?? 0;
  const action =
    done !== null
      ? t("action.close")
      : isTried
        ? t("bom.replaceNow", { count })
        : t("bom.replaceTry");
  return (
    <FormDialog
      title={t("bom.replaceTitle", { item: item.number })}
      action={action}
      isDanger={isTried}
      isPending={replace.isPending}
      error={replace.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <ItemPicker
        label={t("bom.replaceBy")}
        picked={by}
        without={[item.itemId]}
        isRequired
        onPick={setBy}
      />
      <div className="form-pair">
        <TextField
          label={t("bom.factor")}
          hint={t("bom.factorHint")}
          inputMode="decimal"
          required
          pattern={decimalPattern}
          value={factor}
          onChange={setFactor}
        />
        <TextField label={t("bom.from")} type="date" required value={from} onChange={setFrom} />
      </div>
      {shown !== null && (
        <section aria-live="polite">
          <p className={done === null ? "notice" : "notice notice-good"}>
            {t(done === null ? "bom.replaceWould" : "bom.replaceDone", { count })}
          </p>
          <ul className="replaced">
            {shown.slice(0, shownMax).map(({ itemId, itemNumber, revision }) => (
              <li key={`${itemId} ${revision}`}>
                <b>{itemNumber}</b> <span className="unit">{revision}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </FormDialog>
  );
}

const shownMax = 200;
