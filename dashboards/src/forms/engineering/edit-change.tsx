import type { EngineeringChange } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys, revisionsQuery } from "../../api/engineering-queries.ts";
import type { ChangeInput } from "../../api/engineering-shapes.ts";
import { paths } from "../../paths.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useSave } from "../../ui/use-save.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";

type Chosen = { bomId: string; itemNumber: string; revision: string };

/** An engineering change and the draft revisions it decides together; null makes a new one. */
export function EditChange({
  change,
  onClose,
}: {
  change: EngineeringChange | null;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { today } = useFormat();
  const [typed, setTyped] = useState({
    title: change?.title ?? "",
    reason: change?.reason ?? "",
    effectiveDay: change?.effectiveDay ?? today(),
  });
  const [boms, setBoms] = useState<readonly Chosen[]>(change?.boms ?? []);
  const [withoutDraft, setWithoutDraft] = useState<string | null>(null);
  const onSuccess = async (saved: EngineeringChange) => {
    client.setQueryData(engineeringKeys.change(saved.changeId), saved);
    await client.invalidateQueries({ queryKey: engineeringKeys.changes });
    await navigate({ to: paths.change, params: { changeId: saved.changeId } });
    onClose();
  };
  const create = useCommand<ChangeInput, EngineeringChange>(() => "/api/engineering-changes", {
    body: (asked) => asked,
    onSuccess,
  });
  const save = useSave<ChangeInput & { of: EngineeringChange }, EngineeringChange>(
    "PUT",
    ({ of }) => `/api/engineering-changes/${encodeURIComponent(of.changeId)}`,
    {
      body: ({ title, reason, effectiveDay, bomIds }) => ({ title, reason, effectiveDay, bomIds }),
      version: ({ of }) => of.version,
      onSuccess,
    },
  );
  const add = async (item: PickedItem) => {
    const { rows } = await client.fetchQuery(revisionsQuery(item.itemId));
    const draft = rows.find(({ state }) => state === "draft");
    setWithoutDraft(draft === undefined ? item.number : null);
    if (draft === undefined || boms.some(({ bomId }) => bomId === draft.bomId)) return;
    setBoms([...boms, { bomId: draft.bomId, itemNumber: item.number, revision: draft.revision }]);
  };
  const submit = () => {
    const asked = { ...typed, bomIds: boms.map(({ bomId }) => bomId) };
    if (change === null) create.mutate(asked);
    else save.mutate({ ...asked, of: change });
  };
  return (
    <FormDialog
      title={change === null ? t("change.new") : change.number}
      action={t(change === null ? "bom.draft" : "action.save")}
      isPending={create.isPending || save.isPending}
      error={create.error ?? save.error}
      onLookAgain={() => {
        void client.invalidateQueries({ queryKey: engineeringKeys.changes });
        onClose();
      }}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={t("change.title")}
        required
        maxLength={200}
        value={typed.title}
        onChange={(title) => setTyped({ ...typed, title })}
      />
      <Field label={t("change.reason")}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={2}
            maxLength={4000}
            value={typed.reason}
            onChange={(event) => setTyped({ ...typed, reason: event.target.value })}
          />
        )}
      </Field>
      <TextField
        label={t("change.effectiveDay")}
        type="date"
        required
        value={typed.effectiveDay}
        onChange={(effectiveDay) => setTyped({ ...typed, effectiveDay })}
      />
      <ul className="chosen" aria-label={t("change.boms")}>
        {boms.map((bom) => (
          <li key={bom.bomId}>
            <b>{bom.itemNumber}</b> {bom.revision}
            <button
              type="button"
              className="icon-button"
              aria-label={t("bom.removeLine", { item: bom.itemNumber, position: bom.revision })}
              onClick={() => setBoms(boms.filter(({ bomId }) => bomId !== bom.bomId))}
            >
              <Icon name="close" size={16} />
            </button>
          </li>
        ))}
      </ul>
      <ItemPicker
        label={t("change.addRevision")}
        picked={null}
        isRequired={boms.length === 0}
        onPick={(item) => {
          if (item !== null) void add(item);
        }}
      />
      {withoutDraft !== null && (
        <p className="form-error" role="alert">
          {t("change.noDraft", { item: withoutDraft })}
        </p>
      )}
    </FormDialog>
  );
}
