import type { Webhook } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { eventKeys, webhooksQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { CreateWebhook } from "../../forms/admin/create-webhook.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { WebhookRow } from "../../panels/webhooks/webhook-row.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import "../../ui/events.css";

type WebhookCommand = "enable" | "disable" | "remove";
type Asked = { webhook: Webhook; command: WebhookCommand };

/** Programs outside that are told of events: whether they take them, and why not. */
export function WebhooksPage() {
  const t = useTranslations();
  const may = useMay();
  const query = useQuery(webhooksQuery);
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead title={t("page.webhooks")}>
        {may("webhook:create") && (
          <button type="button" className="button button-main" onClick={() => setCreating(true)}>
            <Icon name="add" size={16} /> {t("webhook.create")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={3} height={52} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <div className="empty">
              <p>{t("webhook.none")}</p>
            </div>
          ) : (
            <WebhookTable webhooks={rows} />
          )
        }
      </Loaded>
      {isCreating && <CreateWebhook onClose={() => setCreating(false)} />}
    </>
  );
}

function WebhookTable({ webhooks }: { webhooks: readonly Webhook[] }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const command = useCommand<Asked, { rows: Webhook[] }>(
    ({ webhook, command: name }) => `/api/admin/webhooks/${webhook.webhookId}/${name}`,
    {
      body: () => ({}),
      onSuccess: (answer) => {
        client.setQueryData(eventKeys.webhooks, answer);
        setAsked(null);
      },
    },
  );
  const press = (webhook: Webhook, name: WebhookCommand) => {
    if (command.isPending) return;
    if (name === "enable") command.mutate({ webhook, command: name });
    else setAsked({ webhook, command: name });
  };
  return (
    <>
      <div className="table-frame">
        <table className="table" aria-label={t("page.webhooks")}>
          <thead>
            <tr>
              <th>{t("webhook.url")}</th>
              <th>{t("column.state")}</th>
              <th className="column-wide">{t("webhook.eventTypes")}</th>
              <th className="number">{t("webhook.queue")}</th>
              <th className="number column-wide">{t("webhook.failed")}</th>
              <th>{t("webhook.lastFailure")}</th>
              <th>{t("board.column.actions")}</th>
            </tr>
          </thead>
          <tbody>
            {webhooks.map((webhook) => (
              <WebhookRow
                key={webhook.webhookId}
                webhook={webhook}
                onCommand={(name) => press(webhook, name)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {asked === null && command.error !== null && <ProblemNote error={command.error} />}
      {asked !== null && asked.command !== "enable" && (
        <FormDialog
          title={t(`webhook.${asked.command}Title`)}
          action={t(`webhook.command.${asked.command}`)}
          isDanger
          isPending={command.isPending}
          error={command.error}
          onSubmit={() => command.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{t(`webhook.${asked.command}Lead`, { url: asked.webhook.url })}</p>
        </FormDialog>
      )}
    </>
  );
}
