import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { keys } from "../api/queries.ts";
import type { Registration } from "../api/shapes.ts";
import { Copyable } from "../ui/copyable.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { useCommand } from "../ui/use-command.ts";
import { FormDialog } from "./form-dialog.tsx";
import { gatewayYaml } from "./gateway-yaml.ts";

/** Registers a gateway, or renews the token of one when asked to, then shows once what the gateway needs. */
export function RegisterGateway({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState({ edgeNodeId: "", renew: false });
  const register = useCommand<typeof asked, Registration>(() => "/api/edge-nodes", {
    body: (body) => body,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.edgeNodes }),
  });
  if (register.data !== undefined)
    return <Credentials registration={register.data} onClose={onClose} />;
  return (
    <FormDialog
      title={t("equipment.registerGateway")}
      action={t("form.register")}
      isPending={register.isPending}
      error={register.error}
      onSubmit={() => register.mutate(asked)}
      onClose={onClose}
    >
      <Field label={t("form.gatewayName")} hint={t("form.gatewayHint")}>
        {(control) => (
          <input
            {...control}
            className="input"
            required
            maxLength={100}
            pattern="[^+#\/]+"
            value={asked.edgeNodeId}
            onChange={(event) => setAsked({ ...asked, edgeNodeId: event.target.value.trim() })}
          />
        )}
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={asked.renew}
          onChange={(event) => setAsked({ ...asked, renew: event.target.checked })}
        />
        {t("form.renewToken")}
      </label>
    </FormDialog>
  );
}

function Credentials({
  registration,
  onClose,
}: {
  registration: Registration;
  onClose: () => void;
}) {
  const t = useTranslations();
  const yaml = gatewayYaml(registration, globalThis.location.hostname);
  return (
    <Dialog title={t("gateway.ready", { name: registration.edgeNodeId })} onClose={onClose}>
      <p className="notice">{t("gateway.once")}</p>
      <Copyable label={t("gateway.user")} text={registration.username} />
      <Copyable label={t("gateway.token")} text={registration.token} />
      <Copyable label={t("gateway.yaml")} text={yaml} />
      <p className="hint">{t("gateway.next")}</p>
      <div className="form-buttons">
        <button type="button" className="button button-main" onClick={onClose}>
          {t("action.noted")}
        </button>
      </div>
    </Dialog>
  );
}
