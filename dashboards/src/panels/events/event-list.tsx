import type { HistoryEvent } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import type { machineEventsQuery } from "../../api/queries.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { collapseCounts, type EventLine } from "./collapse.ts";
import { eventWords } from "./event-words.ts";
import { useEventVoice } from "./use-event-voice.ts";

/** A history in human words, newest first, older ones on request. */
export function EventList({
  query: options,
  label,
}: {
  query: ReturnType<typeof machineEventsQuery>;
  label: string;
}) {
  const t = useTranslations();
  const query = useInfiniteQuery(options);
  return (
    <Loaded query={query} skeleton={<Skeleton count={6} height={40} />}>
      {({ pages }) => {
        const events: HistoryEvent[] = pages.flatMap((page) => page.rows);
        if (events.length === 0) return <p className="none">{t("event.none")}</p>;
        return (
          <>
            <ol className="events" aria-label={label}>
              {collapseCounts(events).map((line) => (
                <Line key={line.position} line={line} />
              ))}
            </ol>
            {query.hasNextPage && (
              <button
                type="button"
                className="button"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.older")}
              </button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Line({ line }: { line: EventLine }) {
  const t = useTranslations();
  const format = useFormat();
  const voice = useEventVoice();
  const { message, values } = eventWords(line, voice);
  const occurred = line.payload["sourceTime"] ?? line.payload["sourceTo"];
  const time = typeof occurred === "string" ? occurred : line.recordedTime;
  return (
    <li>
      <time
        dateTime={time}
        title={t("event.recorded", { time: format.siteTime(line.recordedTime, "moment") })}
      >
        {format.siteTime(time, "moment")}
      </time>
      <span className="event-words">
        {t(message, values)}
        {line.count > 1 && (
          <span className="event-count"> {t("event.times", { count: line.count })}</span>
        )}
      </span>
      <span className="event-actor">{actorName(line, t("actor.system"))}</span>
    </li>
  );
}

/** Machines and people are named by their id; the system has a word. */
function actorName({ actor }: EventLine, system: string): string {
  return actor.kind === "system" ? system : actor.id;
}
