import type { ApiKey } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { apiKeysQuery, identityKeys, useMay } from "../../api/identity-queries.ts";
import { useRoleTitle } from "../../api/use-roles.ts";
import { CreateApiKey } from "../../forms/admin/create-api-key.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** Keys of programs: who made which, when it was last used, and its end. */
export function ApiKeysPage() {
  const t = useTranslations();
  const query = useQuery(apiKeysQuery);
  const may = useMay();
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <PageHead title={t("page.apiKeys")}>
        {may("api_key:create") && (
          <button type="button" className="button button-main" onClick={() => setCreating(true)}>
            <Icon name="add" size={16} /> {t("apiKey.create")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={4} height={52} />}>
        {({ rows }) => <KeyTable apiKeys={rows} mayRevoke={may("api_key:revoke")} />}
      </Loaded>
      {isCreating && <CreateApiKey onClose={() => setCreating(false)} />}
    </>
  );
}

function KeyTable({ apiKeys, mayRevoke }: { apiKeys: readonly ApiKey[]; mayRevoke: boolean }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<ApiKey | null>(null);
  const revoke = useCommand<ApiKey, ApiKey>(
    ({ apiKeyId }) => `/api/admin/api-keys/${encodeURIComponent(apiKeyId)}/revoke`,
    {
      body: () => ({}),
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: identityKeys.apiKeys });
        setAsked(null);
      },
    },
  );
  if (apiKeys.length === 0) {
    return (
      <div className="empty">
        <p>{t("apiKey.none")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("page.apiKeys")}>
        <thead>
          <tr>
            <th>{t("apiKey.name")}</th>
            <th>{t("column.state")}</th>
            <th>{t("user.roles")}</th>
            <th className="column-wide">{t("apiKey.created")}</th>
            <th>{t("apiKey.lastUsed")}</th>
            <th>{t("apiKey.expires")}</th>
            <th>
              <span className="visually-hidden">{t("apiKey.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {apiKeys.map((apiKey) => (
            <KeyRow
              key={apiKey.apiKeyId}
              apiKey={apiKey}
              onRevoke={mayRevoke ? () => setAsked(apiKey) : null}
            />
          ))}
        </tbody>
      </table>
      {asked !== null && (
        <FormDialog
          title={t("apiKey.revokeTitle", { name: asked.name })}
          action={t("apiKey.revoke")}
          isDanger
          isPending={revoke.isPending}
          error={revoke.error}
          onSubmit={() => revoke.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{t("apiKey.revokeLead")}</p>
        </FormDialog>
      )}
    </div>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: (() => void) | null }) {
  const t = useTranslations();
  const format = useFormat();
  const titleOf = useRoleTitle();
  const state = stateOf(apiKey);
  return (
    <tr>
      <th scope="row" className="cell-person">
        {apiKey.name}
        <span className="address" title={apiKey.prefix}>
          …{apiKey.prefix.slice(-tellingLength)}…
        </span>
      </th>
      <td>
        <span className="user-mark" data-state={state === "active" ? "active" : "inactive"}>
          <Icon name={state === "active" ? "check" : "close"} size={16} />
          {t(`apiKeyState.${state}`)}
        </span>
      </td>
      <td>{apiKey.roles.map(titleOf).join(", ")}</td>
      <td className="column-wide">
        {format.siteTime(apiKey.createdTime, "date")}
        <span className="address">{apiKey.createdBy}</span>
      </td>
      <td className="moment">
        {apiKey.lastUsedTime === null
          ? t("user.neverSeen")
          : format.siteTime(apiKey.lastUsedTime, "dayMinute")}
      </td>
      <td className="moment">
        {apiKey.expiresTime === null
          ? t("apiKey.never")
          : format.siteTime(apiKey.expiresTime, "date")}
      </td>
      <td className="cell-action">
        {onRevoke !== null && state === "active" && (
          <button type="button" className="button button-small" onClick={onRevoke}>
            {t("apiKey.revoke")}
          </button>
        )}
      </td>
    </tr>
  );
}

/** The end of a prefix tells keys of a company apart; before it stands the company, the same in all. */
const tellingLength = 4;

function stateOf({ revokedTime, expiresTime }: ApiKey): "active" | "revoked" | "expired" {
  if (revokedTime !== null) return "revoked";
  return expiresTime !== null && Date.parse(expiresTime) < Date.now() ? "expired" : "active";
}
