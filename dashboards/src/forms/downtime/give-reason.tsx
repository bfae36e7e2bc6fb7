import type { DowntimeReason, Stop } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { downtimeKeys, downtimeReasonsQuery } from "../../api/downtime-queries.ts";
import { keys } from "../../api/queries.ts";
import { useReasonWords } from "../../panels/downtime/use-reason-words.ts";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FormDialog } from "../form-dialog.tsx";

type Asked = { from: string; reasonId: string; note: string; version: number };

/** Why a machine was down: a big button for each reason, for fingers in gloves. */
export function GiveReason({ stop, onClose }: { stop: Stop; onClose: () => void }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const { data } = useQuery(downtimeReasonsQuery);
  const [reasonId, setReasonId] = useState(stop.source === "person" ? stop.reason?.reasonId : "");
  const [note, setNote] = useState(stop.note);
  const readAgain = async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.stops(stop.workUnitId) }),
      client.invalidateQueries({ queryKey: keys.machineEvents(stop.workUnitId) }),
      client.invalidateQueries({ queryKey: downtimeKeys.reports }),
    ]);
  };
  const give = useCommand<Asked, Stop>(
    () => `/api/work-units/${encodeURIComponent(stop.workUnitId)}/stops/reason`,
    {
      body: (asked) => asked,
      onSuccess: () => {
        // Not waited for: a report takes a second, and the next machine may be waiting.
        void readAgain();
        onClose();
      },
    },
  );
  const { from, version } = stop;
  return (
    <FormDialog
      title={t("downtime.giveTitle", {
        machine: stop.workUnitName,
        time: format.siteTime(from, "dayMinute"),
      })}
      action={t(stop.reason === null ? "downtime.give" : "downtime.correct")}
      isPending={give.isPending}
      error={give.error}
      onLookAgain={() => {
        void readAgain();
        onClose();
      }}
      onSubmit={() => {
        if (reasonId) give.mutate({ from, reasonId, note, version });
      }}
      onClose={onClose}
    >
      <MachineWord stop={stop} />
      <Choices reasons={data?.rows ?? []} chosen={reasonId ?? ""} onChoose={setReasonId} />
      <TextField
        label={t("downtime.note")}
        hint={t("downtime.noteHint")}
        maxLength={500}
        value={note}
        onChange={setNote}
      />
    </FormDialog>
  );
}

function MachineWord({ stop }: { stop: Stop }) {
  const t = useTranslations();
  const { nameOf } = useReasonWords();
  const { machineCode: code, reason, source } = stop;
  if (code === null) return null;
  return (
    <p className="hint">
      {source === "machine" && reason !== null
        ? t("downtime.machineSaysKnown", { code, reason: nameOf(reason) })
        : t("downtime.machineSays", { code })}
    </p>
  );
}

function Choices({
  reasons,
  chosen,
  onChoose,
}: {
  reasons: readonly DowntimeReason[];
  chosen: string;
  onChoose: (reasonId: string) => void;
}) {
  const t = useTranslations();
  const { nameOf } = useReasonWords();
  // One that was given and is not used any more stays as it is.
  const shown = reasons.filter(({ isActive, reasonId }) => isActive || reasonId === chosen);
  return (
    <fieldset className="reason-choices">
      <legend className="visually-hidden">{t("downtime.column.reason")}</legend>
      {shown.map((reason) => (
        <label key={reason.reasonId} className="reason-choice">
          <input
            type="radio"
            name="reason"
            required
            checked={reason.reasonId === chosen}
            onChange={() => onChoose(reason.reasonId)}
          />
          <span>
            {nameOf(reason)}
            <small>{t(`downtime.category.${reason.category}`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
