import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { eventKeys, recipientsQuery } from "../../api/event-queries.ts";
import { Field } from "../../ui/field.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useSave } from "../../ui/use-save.ts";

/** Who gets a mail per alert. */
export function Recipients() {
  const t = useTranslations();
  const query = useQuery(recipientsQuery);
  return (
    <Panel title={t("notification.recipients")}>
      <Loaded query={query} skeleton={<Skeleton height={120} />}>
        {({ addresses }) => <RecipientsForm key={addresses.join(" ")} addresses={addresses} />}
      </Loaded>
    </Panel>
  );
}

function RecipientsForm({ addresses }: { addresses: readonly string[] }) {
  const t = useTranslations();
  const client = useQueryClient();
  const stored = addresses.join("\n");
  const [text, setText] = useState(stored);
  const save = useSave<readonly string[], { addresses: string[] }>(
    "PUT",
    () => "/api/admin/alert-recipients",
    {
      body: (typed) => ({ addresses: typed }),
      // The list is replaced as a whole: whoever saves last has seen it.
      version: () => null,
      onSuccess: (saved) => {
        client.setQueryData(eventKeys.recipients, saved);
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate([...new Set(text.split(/[\s,;]+/).filter(Boolean))]);
  };
  return (
    <form className="form" onSubmit={submit}>
      <Field label={t("notification.recipientsLabel")} hint={t("notification.recipientsHint")}>
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={4}
            maxLength={7000}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {save.error !== null && <ProblemNote error={save.error} />}
      <div className="form-buttons">
        <button
          type="submit"
          className="button button-main"
          disabled={save.isPending || text.trim() === stored}
        >
          {t(save.isPending ? "action.sending" : "action.save")}
        </button>
      </div>
    </form>
  );
}
