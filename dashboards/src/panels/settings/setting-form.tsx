import type { StoredSetting } from "@millwright/contracts/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { saveJson } from "../../api/client.ts";
import { useMay } from "../../api/identity-queries.ts";
import { settingsKeys } from "../../api/settings-queries.ts";
import { Field } from "../../ui/field.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { LastChange } from "./last-change.tsx";

/** One setting: its field as its schema says, what it means, and who changed it last. */
export function SettingForm({ setting }: { setting: StoredSetting }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("setting:change");
  const [text, setText] = useState(String(setting.value));
  const schema = schemaOf(setting);
  const lookAgain = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: settingsKeys.settings }),
      client.invalidateQueries({ queryKey: settingsKeys.mine }),
    ]);
  const save = useMutation({
    mutationFn: () => {
      const value = schema.kind === "number" ? Number(text) : text;
      const path = `/api/admin/settings/${encodeURIComponent(setting.name)}`;
      return saveJson<StoredSetting>("PUT", path, { value }, setting.version);
    },
    onSuccess: lookAgain,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  const known = knownSettings.find((name) => name === setting.name);
  const hint = `${setting.description}. ${t("settings.fallback", { value: String(setting.fallback) })}`;
  return (
    <form className="setting-row" onSubmit={submit}>
      <Field
        label={known === undefined ? setting.name : t(`settings.names.${keyOf(known)}`)}
        hint={hint}
      >
        {(control) =>
          schema.kind === "choice" ? (
            <select
              {...control}
              className="select"
              value={text}
              disabled={!mayChange}
              onChange={(event) => setText(event.target.value)}
            >
              {schema.choices.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          ) : (
            <input
              {...control}
              className="input input-short"
              type={schema.kind === "number" ? "number" : "text"}
              step="any"
              min={schema.min}
              max={schema.max}
              required
              value={text}
              disabled={!mayChange}
              onChange={(event) => setText(event.target.value)}
            />
          )
        }
      </Field>
      <div className="setting-end">
        <LastChange by={setting.changedBy} time={setting.changedTime} />
        {mayChange && (
          <button
            type="submit"
            className="button"
            disabled={save.isPending || text === String(setting.value)}
          >
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

/** Those whose names are in the catalogues; a newer server may have others, shown by their own name. */
const knownSettings = [
  "alert.machine_down_minutes",
  "locale",
  "oee.no_data_range_percent",
  "retention.machine_time_days",
  "retention.raw_days",
  "work_order.late_grace_minutes",
] as const;

function keyOf(name: (typeof knownSettings)[number]) {
  switch (name) {
    case "alert.machine_down_minutes":
      return "machineDown" as const;
    case "oee.no_data_range_percent":
      return "oeeRange" as const;
    case "retention.machine_time_days":
      return "machineTimeDays" as const;
    case "retention.raw_days":
      return "rawDays" as const;
    case "work_order.late_grace_minutes":
      return "lateGrace" as const;
    default:
      return name;
  }
}

type Control =
  | { kind: "choice"; choices: readonly string[] }
  | { kind: "number"; min: number | undefined; max: number | undefined }
  | { kind: "text"; min?: undefined; max?: undefined };

/** The part of JSON Schema that our settings use; anything else is a line of text. */
function schemaOf({ schema }: StoredSetting): Control {
  const { enum: choices, type, minimum, maximum } = schema;
  if (Array.isArray(choices)) return { kind: "choice", choices: choices.map(String) };
  if (type !== "number" && type !== "integer") return { kind: "text" };
  return { kind: "number", min: boundOf(minimum), max: boundOf(maximum) };
}

function boundOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
