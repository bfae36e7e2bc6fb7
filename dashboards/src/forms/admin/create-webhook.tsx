import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { postJson } from "../../api/client.ts";
import { eventKeys } from "../../api/event-queries.ts";
import { useEventTypes } from "../../panels/events/event-type-words.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { newKey } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";

type Asked = { url: string; eventTypes: readonly string[] };

/** Where to tell of which events; the secret of the signature is shown once. */
export function CreateWebhook({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { types, titleOf } = useEventTypes();
  const [url, setUrl] = useState("");
  const [eventTypes, setEventTypes] = useState<readonly string[]>([]);
  const create = useMutation({
    // Not `useCommand`: a repeat could not be answered with the secret, so each press is an intent.
    mutationFn: (asked: Asked) =>
      postJson<{ webhookId: string; secret: string }>("/api/admin/webhooks", asked, newKey()),
    onSuccess: () => client.invalidateQueries({ queryKey: eventKeys.webhooks }),
  });
  if (create.data !== undefined) {
    return (
      <Dialog title={t("webhook.ready")} onClose={onClose}>
        <p className="notice">{t("webhook.once")}</p>
        <Copyable label={t("webhook.secret")} text={create.data.secret} />
        <p className="hint">{t("webhook.use")}</p>
        <div className="form-buttons">
          <button type="button" className="button button-main" onClick={onClose}>
            {t("action.noted")}
          </button>
        </div>
      </Dialog>
    );
  }
  const toggle = (type: string) =>
    setEventTypes(
      eventTypes.includes(type) ? eventTypes.filter((one) => one !== type) : [...eventTypes, type],
    );
  return (
    <FormDialog
      title={t("webhook.create")}
      action={t("webhook.createAction")}
      isPending={create.isPending}
      error={create.error}
      onSubmit={() => {
        if (eventTypes.length > 0) create.mutate({ url, eventTypes });
      }}
      onClose={onClose}
    >
      <TextField
        label={t("webhook.url")}
        hint={t("webhook.urlHint")}
        type="url"
        required
        maxLength={2000}
        value={url}
        onChange={setUrl}
      />
      <fieldset className="choices choices-wide">
        <legend>{t("webhook.eventTypes")}</legend>
        {types.map((type) => (
          <label key={type} className="check">
            <input
              type="checkbox"
              // The browser asks for one: it would not be told of anything.
              required={eventTypes.length === 0}
              checked={eventTypes.includes(type)}
              onChange={() => toggle(type)}
            />
            <span>
              {titleOf(type)}
              <span className="address">{type}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="hint">{t("webhook.eventTypesHint")}</p>
    </FormDialog>
  );
}
