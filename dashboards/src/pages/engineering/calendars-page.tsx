import type { Calendar } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import {
  calendarsQuery,
  engineeringKeys,
  workingTimeQuery,
} from "../../api/engineering-queries.ts";
import type { CalendarInput } from "../../api/engineering-shapes.ts";
import { useMay } from "../../api/identity-queries.ts";
import { EditCalendar } from "../../forms/engineering/edit-calendar.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { addDays } from "../../ui/format/day.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** When work is done: a week of shifts, days that differ, and what comes of it. */
export function CalendarsPage() {
  const t = useTranslations();
  const client = useQueryClient();
  const format = useFormat();
  const mayChange = useMay()("calendar:change");
  const query = useQuery(calendarsQuery);
  const [chosenId, setChosenId] = useState("");
  const create = useCommand<CalendarInput, Calendar>(() => "/api/calendars", {
    body: (asked) => asked,
    onSuccess: async ({ calendarId }) => {
      await client.invalidateQueries({ queryKey: engineeringKeys.calendars });
      setChosenId(calendarId);
    },
  });
  const rows = query.data?.rows ?? [];
  const chosen = rows.find(({ calendarId }) => calendarId === chosenId) ?? rows[0];
  return (
    <>
      <PageHead title={t("page.calendars")}>
        <div className="head-buttons">
          {rows.length > 1 && (
            <select
              className="select select-revision"
              aria-label={t("page.calendars")}
              value={chosen?.calendarId ?? ""}
              onChange={(event) => setChosenId(event.target.value)}
            >
              {rows.map(({ calendarId, name }) => (
                <option key={calendarId} value={calendarId}>
                  {name}
                </option>
              ))}
            </select>
          )}
          {mayChange && (
            <button
              type="button"
              className="button button-main"
              disabled={create.isPending}
              onClick={() =>
                create.mutate({
                  name: `${t("calendar.new")} ${rows.length + 1}`,
                  timeZone: format.timeZone,
                  weekdays: [],
                })
              }
            >
              <Icon name="add" size={16} /> {t("calendar.new")}
            </button>
          )}
        </div>
      </PageHead>
      {create.error !== null && <ProblemNote error={create.error} />}
      <Loaded query={query} skeleton={<Skeleton count={4} height={120} />}>
        {() =>
          chosen === undefined ? (
            <div className="empty">
              <p>{t("calendar.none")}</p>
            </div>
          ) : (
            <>
              <Panel title={chosen.name}>
                <EditCalendar key={`${chosen.calendarId} ${chosen.version}`} calendar={chosen} />
              </Panel>
              <Preview calendar={chosen} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Preview({ calendar }: { calendar: Calendar }) {
  const t = useTranslations();
  const format = useFormat();
  const from = format.today();
  const days = Array.from({ length: daysShown }, (_, index) => addDays(from, index));
  const query = useQuery(
    workingTimeQuery(calendar.calendarId, { from, to: addDays(from, daysShown - 1) }),
  );
  return (
    <Panel title={t("calendar.preview")}>
      <p className="hint">{t("calendar.previewNote")}</p>
      <Loaded query={query} skeleton={<Skeleton height={160} />}>
        {({ rows }) => (
          <ol className="working-days">
            {days.map((day) => {
              const spans = rows.filter((span) => format.siteDay(span.from) === day);
              const hours = spans.reduce(
                (sum, span) => sum + (Date.parse(span.to) - Date.parse(span.from)) / hourMs,
                0,
              );
              return (
                <li key={day} data-free={spans.length === 0 || undefined}>
                  <b>{format.day(day)}</b>
                  <span>
                    {spans.length === 0
                      ? t("calendar.free")
                      : spans
                          .map(
                            (span) =>
                              `${format.siteTime(span.from, "minute")}–${format.siteTime(span.to, "minute")}`,
                          )
                          .join("  ")}
                  </span>
                  <b>{t("calendar.hours", { hours: Math.round(hours * 100) / 100 })}</b>
                </li>
              );
            })}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}

const daysShown = 14;
const hourMs = 3_600_000;
