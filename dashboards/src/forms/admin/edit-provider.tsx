import type { OidcProvider } from "@millwright/contracts/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { postJson, saveJson } from "../../api/client.ts";
import { providersKey } from "../../api/provider-queries.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { newKey } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A new OpenID provider, or another setting of one; its secret is written and never shown. */
export function EditProvider({
  provider,
  onClose,
}: {
  provider: OidcProvider | null;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [typed, setTyped] = useState({ ...(provider ?? empty), clientSecret: "" });
  const save = useMutation({
    mutationFn: () => {
      const { clientSecret, ...asked } = typed;
      const body = { ...asked, ...(clientSecret !== "" && { clientSecret }) };
      // Each press is an intent: an answer that was lost is repeated by nobody who knows the secret.
      return provider === null
        ? postJson<OidcProvider>("/api/admin/oidc-providers", body, newKey())
        : saveJson<OidcProvider>("PUT", pathOf(provider), body, null);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: providersKey }),
  });
  if (save.data !== undefined) {
    return (
      <Dialog title={t("provider.made", { name: save.data.name })} onClose={onClose}>
        <p>{t("provider.redirectLead")}</p>
        <Copyable label={t("provider.redirectUri")} text={save.data.redirectUri} />
        <div className="form-buttons">
          <button type="button" className="button button-main" onClick={onClose}>
            {t("action.noted")}
          </button>
        </div>
      </Dialog>
    );
  }
  const title =
    provider === null ? t("provider.addTitle") : t("provider.changeTitle", { name: provider.name });
  return (
    <FormDialog
      title={title}
      action={t("provider.save")}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextField
        label={t("provider.name")}
        hint={t("provider.nameHint")}
        required
        value={typed.name}
        onChange={(name) => setTyped({ ...typed, name })}
      />
      <TextField
        label={t("provider.issuer")}
        hint={t("provider.issuerHint")}
        type="url"
        required
        value={typed.issuer}
        onChange={(issuer) => setTyped({ ...typed, issuer })}
      />
      <TextField
        label={t("provider.clientId")}
        required
        value={typed.clientId}
        onChange={(clientId) => setTyped({ ...typed, clientId })}
      />
      <TextField
        label={t("provider.clientSecret")}
        {...(provider !== null && { hint: t("provider.secretKept") })}
        type="password"
        required={provider === null}
        value={typed.clientSecret}
        onChange={(clientSecret) => setTyped({ ...typed, clientSecret })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={typed.isActive}
          onChange={(event) => setTyped({ ...typed, isActive: event.target.checked })}
        />
        <span>{t("provider.isActive")}</span>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={typed.provisions}
          onChange={(event) => setTyped({ ...typed, provisions: event.target.checked })}
        />
        <span>{t("provider.provisions")}</span>
      </label>
      <p className="hint">{t("provider.provisionsHint")}</p>
      {typed.provisions && (
        <RoleChoice
          chosen={typed.defaultRoles}
          onChange={(defaultRoles) => setTyped({ ...typed, defaultRoles })}
        />
      )}
    </FormDialog>
  );
}

export function pathOf({ providerId }: Pick<OidcProvider, "providerId">): string {
  return `/api/admin/oidc-providers/${encodeURIComponent(providerId)}`;
}

const empty: Omit<OidcProvider, "providerId" | "redirectUri" | "version"> = {
  name: "",
  issuer: "",
  clientId: "",
  scopes: "openid email profile",
  isActive: true,
  provisions: false,
  defaultRoles: [],
  roleClaim: null,
  rolesByClaim: {},
};
