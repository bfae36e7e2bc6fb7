import type { DowntimeStop, Stop } from "@millwright/contracts/api";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { GiveReason } from "../../forms/downtime/give-reason.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useNow } from "../../ui/use-now.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { useReasonWords } from "./use-reason-words.ts";

/** Stops with why they were, and the button of who may say so. */
export function StopTable({
  label,
  stops,
  hidden = [],
}: {
  label: string;
  stops: readonly (Stop | DowntimeStop)[];
  /** Columns that say nothing here. */
  hidden?: readonly ("machine" | "planned")[];
}) {
  const t = useTranslations();
  const format = useFormat();
  const may = useMay();
  const now = useNow();
  const { whyOf } = useReasonWords();
  const [open, setOpen] = useState<Stop | null>(null);
  const length = ({ from, to }: Stop) => {
    const ms = (to === null ? now : Date.parse(to)) - Date.parse(from);
    const words = format.duration(Math.max(0, ms));
    return to === null ? t("downtime.goingOn", { length: words }) : words;
  };
  const columns: Column<Stop | DowntimeStop>[] = [
    {
      name: "from",
      title: t("downtime.column.from"),
      className: "cell-time",
      renderCell: ({ from }) => format.siteTime(from, "dayMinute"),
    },
    {
      name: "machine",
      title: t("downtime.column.machine"),
      renderCell: ({ workUnitName }) => workUnitName,
    },
    { name: "length", title: t("downtime.column.length"), isNumber: true, renderCell: length },
    {
      name: "planned",
      title: t("downtime.column.planned"),
      isNumber: true,
      renderCell: (stop) => ("downMs" in stop ? format.duration(stop.downMs) : ""),
    },
    {
      name: "reason",
      title: t("downtime.column.reason"),
      className: "cell-reason",
      renderCell: (stop) => (
        <>
          <span className={stop.reason === null ? "reason-missing" : undefined}>{whyOf(stop)}</span>
          {stop.note !== "" && <span className="reason-note">{stop.note}</span>}
        </>
      ),
    },
    {
      name: "told",
      title: t("downtime.column.told"),
      isWide: true,
      renderCell: (stop) => <ToldBy stop={stop} />,
    },
    {
      name: "actions",
      title: t("downtime.column.actions"),
      renderCell: (stop) =>
        may("machine:give_reason") && (
          <button type="button" className="button" onClick={() => setOpen(stop)}>
            {t(stop.reason === null ? "downtime.give" : "downtime.correct")}
          </button>
        ),
    },
  ];
  return (
    <>
      <ListTable
        label={label}
        rows={stops}
        columns={columns.filter(({ name }) => name !== "actions" || may("machine:give_reason"))}
        hidden={hidden}
        isLinked={false}
        keyOf={({ workUnitId, from }) => `${workUnitId} ${from}`}
      />
      {open !== null && <GiveReason stop={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function ToldBy({ stop }: { stop: Stop }) {
  const t = useTranslations();
  const format = useFormat();
  const { givenBy, givenTime, machineCode } = stop;
  if (stop.source === "person" && givenTime !== null) {
    const time = format.siteTime(givenTime, "dayMinute");
    return t("downtime.byPerson", { name: givenBy ?? "", time });
  }
  return stop.source === null ? "" : t("downtime.byMachine", { code: machineCode ?? "" });
}
