import type { Bom, StoredItem } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { bomQuery, engineeringKeys, revisionsQuery } from "../../api/engineering-queries.ts";
import type { BomInput } from "../../api/engineering-shapes.ts";
import { draftInput, openDraft } from "../../panels/bom/draft-edits.ts";
import { paths } from "../../paths.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";

/** A new draft revision, empty or with the lines of another one; its editor opens. */
export function DraftBom({
  item,
  copiedId = "",
  onClose,
}: {
  item: Pick<StoredItem, "itemId" | "number">;
  /** The revision whose lines are offered first. */
  copiedId?: string;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { itemId } = item;
  const { data: revisions } = useQuery(revisionsQuery(itemId));
  const [revision, setRevision] = useState("");
  const [fromId, setFromId] = useState(copiedId);
  const { data: copied, isLoading } = useQuery({ ...bomQuery(fromId), enabled: fromId !== "" });
  const create = useCommand<BomInput, Bom>(() => `/api/items/${encodeURIComponent(itemId)}/boms`, {
    body: (asked) => asked,
    onSuccess: async ({ bomId }) => {
      await client.invalidateQueries({ queryKey: engineeringKeys.boms });
      await navigate({ to: paths.bom, params: { itemId }, search: { bomId, view: "lines" } });
      onClose();
    },
  });
  const submit = () => {
    const lines = fromId === "" ? undefined : copied;
    const input: BomInput =
      lines === undefined
        ? { revision, lines: [] }
        : { ...draftInput(lines, openDraft(lines).present), revision };
    create.mutate(input);
  };
  return (
    <FormDialog
      title={t("bom.newRevisionOf", { item: item.number })}
      action={t("bom.draft")}
      isPending={create.isPending || isLoading}
      error={create.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t("bom.revision")}
        hint={t("bom.revisionHint")}
        required
        maxLength={20}
        value={revision}
        onChange={setRevision}
      />
      <SelectField
        label={t("bom.linesOf")}
        value={fromId}
        options={[
          { value: "", title: t("bom.noLinesYet") },
          ...(revisions?.rows ?? []).map((one) => ({
            value: one.bomId,
            title: t("bom.revisionWith", { revision: one.revision, count: one.lineCount }),
          })),
        ]}
        onChange={setFromId}
      />
    </FormDialog>
  );
}
