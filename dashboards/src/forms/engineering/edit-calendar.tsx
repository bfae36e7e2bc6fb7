import type { Calendar } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import type { CalendarInput } from "../../api/engineering-shapes.ts";
import { useMay } from "../../api/identity-queries.ts";
import { equipmentQuery } from "../../api/queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useSave } from "../../ui/use-save.ts";
import { TimeZoneField } from "../time-zone-field.tsx";
import { SaveBar } from "./save-bar.tsx";
import { ShiftFields } from "./shift-fields.tsx";

type Shift = Calendar["weekdays"][number]["shifts"][number];

/** A calendar: its week of shifts, the days that differ, and who works by it. */
export function EditCalendar({ calendar }: { calendar: Calendar }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const may = useMay();
  const { data: equipment } = useQuery({ ...equipmentQuery, enabled: may("equipment:read") });
  const [typed, setTyped] = useState(calendar);
  const save = useSave<CalendarInput, Calendar>(
    "PUT",
    () => `/api/calendars/${encodeURIComponent(calendar.calendarId)}`,
    {
      body: (asked) => asked,
      version: () => calendar.version,
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: engineeringKeys.calendars });
      },
    },
  );
  const shiftsOf = (weekday: number) =>
    typed.weekdays.find((one) => one.weekday === weekday)?.shifts ?? [];
  const setDay = (weekday: number, shifts: Shift[]) => {
    const others = typed.weekdays.filter((one) => one.weekday !== weekday);
    const weekdays = shifts.length === 0 ? others : [...others, { weekday, shifts }];
    setTyped({ ...typed, weekdays: weekdays.toSorted((a, b) => a.weekday - b.weekday) });
  };
  const { exceptions, workCenterIds } = typed;
  const { calendarId: _, version: __, ...input } = typed;
  return (
    <form
      className="form"
      aria-label={calendar.name}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(input);
      }}
    >
      <fieldset className="form" disabled={!may("calendar:change")}>
        <div className="form-pair">
          <TextField
            label={t("calendar.name")}
            required
            value={typed.name}
            onChange={(name) => setTyped({ ...typed, name })}
          />
          <TimeZoneField
            value={typed.timeZone}
            onChange={(timeZone) => setTyped({ ...typed, timeZone })}
          />
        </div>
        <h3>{t("calendar.week")}</h3>
        {weekdays.map((weekday) => (
          <div key={weekday} className="weekday">
            <b>{format.weekday(weekday)}</b>
            <div>
              {shiftsOf(weekday).length === 0 && <p className="none">{t("calendar.free")}</p>}
              {shiftsOf(weekday).map((shift, index) => (
                <ShiftFields
                  // Shifts have no identity but their place.
                  // oxlint-disable-next-line react/no-array-index-key
                  key={index}
                  shift={shift}
                  onChange={(next) => setDay(weekday, shiftsOf(weekday).with(index, next))}
                  onRemove={() => setDay(weekday, shiftsOf(weekday).toSpliced(index, 1))}
                />
              ))}
            </div>
            <div className="head-buttons">
              <button
                type="button"
                className="button button-small"
                onClick={() => setDay(weekday, [...shiftsOf(weekday), newShift])}
              >
                <Icon name="add" size={16} /> {t("calendar.addShift")}
              </button>
              {weekday > 1 && (
                <button
                  type="button"
                  className="button button-small"
                  onClick={() => setDay(weekday, shiftsOf(weekday - 1))}
                >
                  {t("calendar.copyDay", { day: format.weekday(weekday - 1) })}
                </button>
              )}
            </div>
          </div>
        ))}
        <h3>{t("calendar.exceptions")}</h3>
        {exceptions.map((exception, index) => (
          // Exceptions have no identity but their place: the day is being typed.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index} className="exception">
            <TextField
              label={t("calendar.day")}
              type="date"
              required
              value={exception.day}
              onChange={(day) =>
                setTyped({ ...typed, exceptions: exceptions.with(index, { ...exception, day }) })
              }
            />
            <TextField
              label={t("calendar.exceptionName")}
              required
              value={exception.name}
              onChange={(name) =>
                setTyped({ ...typed, exceptions: exceptions.with(index, { ...exception, name }) })
              }
            />
            <span className="unit">
              {exception.shifts.length === 0
                ? t("calendar.free")
                : exception.shifts.map(({ start, end }) => `${start}–${end}`).join(", ")}
            </span>
            <button
              type="button"
              className="icon-button"
              aria-label={t("calendar.removeException", { day: exception.day })}
              onClick={() => setTyped({ ...typed, exceptions: exceptions.toSpliced(index, 1) })}
            >
              <Icon name="close" size={16} />
            </button>
          </div>
        ))}
        <button
          type="button"
          className="button button-start"
          onClick={() =>
            setTyped({
              ...typed,
              exceptions: [...exceptions, { day: format.today(), name: "", shifts: [] }],
            })
          }
        >
          <Icon name="add" size={16} /> {t("calendar.addException")}
        </button>
        <details>
          <summary>{t("calendar.workCenters", { count: workCenterIds.length })}</summary>
          <div className="choices">
            {equipment?.areas
              .flatMap((area) => area.workCenters)
              .map(({ workCenterId, name }) => (
                <label key={workCenterId} className="check">
                  <input
                    type="checkbox"
                    checked={workCenterIds.includes(workCenterId)}
                    onChange={(event) =>
                      setTyped({
                        ...typed,
                        workCenterIds: event.target.checked
                          ? [...workCenterIds, workCenterId]
                          : workCenterIds.filter((one) => one !== workCenterId),
                      })
                    }
                  />
                  {name}
                </label>
              ))}
          </div>
        </details>
      </fieldset>
      <SaveBar
        isChanged={JSON.stringify(typed) !== JSON.stringify(calendar)}
        isPending={save.isPending}
        error={save.error}
        onDiscard={() => {
          save.reset();
          setTyped(calendar);
        }}
        onLookAgain={() => void client.invalidateQueries({ queryKey: engineeringKeys.calendars })}
      />
    </form>
  );
}

/** ISO 8601: Monday is 1. */
const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
const newShift: Shift = { name: "", start: "06:00", end: "14:00", breaks: [] };
