import type { OidcProvider } from "@millwright/contracts/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { deleteJson } from "../../api/client.ts";
import { useMay } from "../../api/identity-queries.ts";
import { providersKey, providersQuery } from "../../api/provider-queries.ts";
import { EditProvider, pathOf } from "../../forms/admin/edit-provider.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";

/** By whom people may sign in beside the password. */
export function ProvidersPage() {
  const t = useTranslations();
  const query = useQuery(providersQuery);
  const may = useMay();
  const [edited, setEdited] = useState<OidcProvider | "new" | null>(null);
  const mayChange = may("company:change");
  return (
    <>
      <PageHead title={t("page.providers")}>
        {mayChange && (
          <button type="button" className="button button-main" onClick={() => setEdited("new")}>
            <Icon name="add" size={16} /> {t("provider.add")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={3} height={52} />}>
        {({ rows }) => <ProviderTable providers={rows} onChange={mayChange ? setEdited : null} />}
      </Loaded>
      {edited !== null && (
        <EditProvider provider={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function ProviderTable({
  providers,
  onChange,
}: {
  providers: readonly OidcProvider[];
  onChange: ((provider: OidcProvider) => void) | null;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<OidcProvider | null>(null);
  const remove = useMutation({
    mutationFn: (provider: OidcProvider) => deleteJson(pathOf(provider)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: providersKey });
      setAsked(null);
    },
  });
  if (providers.length === 0) {
    return (
      <div className="empty">
        <p>{t("provider.none")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("page.providers")}>
        <thead>
          <tr>
            <th>{t("provider.column.name")}</th>
            <th className="column-wide">{t("provider.column.issuer")}</th>
            <th>{t("provider.column.state")}</th>
            <th>{t("provider.column.who")}</th>
            <th>{t("provider.column.actions")}</th>
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => {
            const state = provider.isActive ? "active" : "inactive";
            return (
              <tr key={provider.providerId}>
                <th scope="row" className="cell-person">
                  {provider.name}
                  <span className="address">{provider.redirectUri}</span>
                </th>
                <td className="column-wide">{provider.issuer}</td>
                <td>
                  <span className="user-mark" data-state={state}>
                    <Icon name={provider.isActive ? "check" : "close"} size={16} />
                    {t(`provider.state.${state}`)}
                  </span>
                </td>
                <td>{t(`provider.who.${provider.provisions ? "everybody" : "invited"}`)}</td>
                <td className="cell-action">
                  {onChange !== null && (
                    <>
                      <button
                        type="button"
                        className="button button-small"
                        onClick={() => onChange(provider)}
                      >
                        {t("provider.change")}
                      </button>{" "}
                      <button
                        type="button"
                        className="button button-small"
                        onClick={() => setAsked(provider)}
                      >
                        {t("provider.remove")}
                      </button>
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {asked !== null && (
        <FormDialog
          title={t("provider.removeTitle", { name: asked.name })}
          action={t("provider.remove")}
          isDanger
          isPending={remove.isPending}
          error={remove.error}
          onSubmit={() => remove.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{t("provider.removeLead")}</p>
        </FormDialog>
      )}
    </div>
  );
}
