import type { FeatureFlag } from "@millwright/contracts/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { saveJson } from "../../api/client.ts";
import { useMay } from "../../api/identity-queries.ts";
import { settingsKeys } from "../../api/settings-queries.ts";
import { Field } from "../../ui/field.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { LastChange } from "./last-change.tsx";

/** For whom one feature is on: roles, and a share of everybody. */
export function FlagForm({ flag }: { flag: FeatureFlag }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("feature_flag:change");
  const [isOn, setOn] = useState(flag.isOn);
  const [percentage, setPercentage] = useState(String(flag.percentage));
  const [roles, setRoles] = useState(flag.roles.join(", "));
  const rule = {
    isOn,
    percentage: Number(percentage),
    roles: roles.split(/[,\s]+/).filter((role) => role !== ""),
    // Chosen through the API only; kept as they are.
    siteIds: flag.siteIds,
  };
  const { isOn: wasOn, percentage: was, roles: hadRoles } = flag;
  const isSame =
    rule.isOn === wasOn && rule.percentage === was && rule.roles.join() === hadRoles.join();
  const lookAgain = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: settingsKeys.flags }),
      client.invalidateQueries({ queryKey: settingsKeys.mine }),
    ]);
  const save = useMutation({
    mutationFn: () => {
      const path = `/api/admin/flags/${encodeURIComponent(flag.flag)}`;
      return saveJson<FeatureFlag>("PUT", path, rule, flag.version);
    },
    onSuccess: lookAgain,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <form className="setting-row" onSubmit={submit} aria-label={flag.flag}>
      <div className="setting-flag">
        <label className="check">
          <input
            type="checkbox"
            checked={isOn}
            disabled={!mayChange}
            onChange={(event) => setOn(event.target.checked)}
          />
          {flag.flag}
        </label>
        <p className="hint">{flag.description}</p>
      </div>
      <div className="setting-fields">
        <Field label={t("settings.percentage")} hint={t("settings.percentageHint")}>
          {(control) => (
            <input
              {...control}
              className="input input-short"
              type="number"
              min={0}
              max={100}
              step={0.01}
              required
              value={percentage}
              disabled={!mayChange || !isOn}
              onChange={(event) => setPercentage(event.target.value)}
            />
          )}
        </Field>
        <Field label={t("settings.roles")} hint={t("settings.rolesHint")}>
          {(control) => (
            <input
              {...control}
              className="input"
              value={roles}
              disabled={!mayChange || !isOn}
              onChange={(event) => setRoles(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="setting-end">
        <LastChange by={flag.changedBy} time={flag.changedTime} />
        {mayChange && (
          <button type="submit" className="button" disabled={save.isPending || isSame}>
            {t(save.isPending ? "action.sending" : "settings.save")}
          </button>
        )}
      </div>
      {save.error !== null && (
        <ProblemNote error={save.error} onLookAgain={() => void lookAgain()} />
      )}
    </form>
  );
}
