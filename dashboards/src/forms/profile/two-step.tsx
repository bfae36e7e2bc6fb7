import type { Me } from "@millwright/contracts/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { postJson } from "../../api/client.ts";
import { identityKeys } from "../../api/identity-queries.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { PasswordField } from "../../ui/password-field.tsx";
import { QrCode } from "../../ui/qr-code.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { newKey } from "../../ui/use-command.ts";
import { FormDialog } from "../form-dialog.tsx";

/** A second step at sign-in: set up with an authenticator app, or taken away with the password. */
export function TwoStep({ me }: { me: Me }) {
  const t = useTranslations();
  const [open, setOpen] = useState<"setUp" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <div className="form">
      <p className={me.hasTotp ? "two-step two-step-on" : "two-step"}>
        <Icon name={me.hasTotp ? "check" : "empty"} size={16} />
        {t(me.hasTotp ? "twoStep.isOn" : "twoStep.isOff")}
      </p>
      <p className="hint">{t("twoStep.lead")}</p>
      <div className="form-buttons">
        <button
          type="button"
          className={me.hasTotp ? "button button-danger" : "button button-main"}
          onClick={() => setOpen(me.hasTotp ? "remove" : "setUp")}
        >
          {t(me.hasTotp ? "twoStep.remove" : "twoStep.setUp")}
        </button>
      </div>
      {open === "setUp" && <SetUp onClose={close} />}
      {open === "remove" && <Remove onClose={close} />}
    </div>
  );
}

type Proposal = { secret: string; uri: string };

function SetUp({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  // Each opening makes a new secret, so it is a mutation that is asked once, not a query.
  const propose = useMutation({
    mutationFn: () => postJson<Proposal>("/api/me/totp", {}, newKey()),
  });
  const confirm = useMutation({
    mutationFn: () =>
      postJson<{ recoveryCodes: string[] }>("/api/me/totp/confirm", { code }, newKey()),
    onSuccess: () => client.invalidateQueries({ queryKey: identityKeys.me }),
  });
  if (confirm.data !== undefined) {
    return <RecoveryCodes codes={confirm.data.recoveryCodes} onClose={onClose} />;
  }
  if (propose.data === undefined) {
    return (
      <FormDialog
        title={t("twoStep.setUp")}
        action={t("twoStep.begin")}
        isPending={propose.isPending}
        error={propose.error}
        onSubmit={() => propose.mutate()}
        onClose={onClose}
      >
        <p>{t("twoStep.need")}</p>
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title={t("twoStep.setUp")}
      action={t("twoStep.confirm")}
      isPending={confirm.isPending}
      error={confirm.error}
      onSubmit={() => confirm.mutate()}
      onClose={onClose}
    >
      <p>{t("twoStep.scan")}</p>
      <QrCode text={propose.data.uri} label={t("twoStep.qrCode")} />
      <Copyable label={t("twoStep.secret")} text={propose.data.secret} />
      <TextField
        label={t("twoStep.code")}
        hint={t("twoStep.codeHint")}
        required
        inputMode="numeric"
        pattern="[0-9 ]{6,7}"
        autoComplete="one-time-code"
        maxLength={7}
        value={code}
        onChange={setCode}
      />
    </FormDialog>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Dialog title={t("twoStep.recoveryCodes")} onClose={onClose}>
      <p className="notice">{t("twoStep.recoveryOnce")}</p>
      <Copyable label={t("twoStep.recoveryCodes")} text={codes.join("\n")} />
      <p className="hint">{t("twoStep.recoveryUse")}</p>
      <div className="form-buttons">
        <button type="button" className="button button-main" onClick={onClose}>
          {t("action.noted")}
        </button>
      </div>
    </Dialog>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const remove = useMutation({
    mutationFn: () => postJson("/api/me/totp/remove", { password }, newKey()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: identityKeys.me });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("twoStep.remove")}
      action={t("twoStep.remove")}
      isDanger
      isPending={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t("twoStep.removeLead")}</p>
      <PasswordField label={t("password.label")} value={password} onChange={setPassword} />
    </FormDialog>
  );
}
