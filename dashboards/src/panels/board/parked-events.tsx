import type { ParkedEvent } from "@millwright/contracts/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { eventKeys, parkedQuery } from "../../api/event-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useEventTypes } from "../events/event-type-words.ts";
import { useSubscriptionTitle } from "./subscription-words.ts";

type Command = "retry" | "skip";
type Asked = { parked: ParkedEvent; command: Command };

/** What a subscription could not digest, with the reason, and the two decisions about it. */
export function ParkedEvents({ name }: { name: string }) {
  const t = useTranslations();
  const client = useQueryClient();
  const titleOf = useSubscriptionTitle();
  const query = useInfiniteQuery(parkedQuery(name));
  const [asked, setAsked] = useState<Asked | null>(null);
  const decide = useCommand<Asked, ParkedEvent>(
    ({ parked, command }) =>
      `/api/admin/subscriptions/${encodeURIComponent(name)}/parked/${parked.position}/${command}`,
    {
      body: () => ({}),
      onSuccess: async () => {
        await Promise.all([
          client.invalidateQueries({ queryKey: eventKeys.parked(name) }),
          client.invalidateQueries({ queryKey: eventKeys.subscriptions }),
        ]);
        setAsked(null);
      },
    },
  );
  return (
    <Panel title={t("board.parkedTitle", { name: titleOf(name) })}>
      <Loaded query={query} skeleton={<Skeleton count={3} height={52} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          if (rows.length === 0) return <p className="none">{t("board.noParked")}</p>;
          return (
            <div className="table-frame">
              <ParkedTable
                rows={rows}
                label={t("board.parkedTitle", { name: titleOf(name) })}
                onAsk={setAsked}
              />
            </div>
          );
        }}
      </Loaded>
      {query.hasNextPage && (
        <button
          type="button"
          className="button button-start"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("action.more")}
        </button>
      )}
      {asked !== null && (
        <FormDialog
          title={`${t(`board.command.${asked.command}`)}: ${asked.parked.stream}`}
          action={t(`board.command.${asked.command}`)}
          isDanger={asked.command === "skip"}
          isPending={decide.isPending}
          error={decide.error}
          onSubmit={() => decide.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          <p>
            {t(`board.confirm.${asked.command}`, {
              position: asked.parked.position,
              name: titleOf(name),
            })}
          </p>
          <p className="reason">{asked.parked.reason}</p>
        </FormDialog>
      )}
    </Panel>
  );
}

function ParkedTable({
  rows,
  label,
  onAsk,
}: {
  rows: readonly ParkedEvent[];
  label: string;
  onAsk: (asked: Asked) => void;
}) {
  const t = useTranslations();
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          <th>{t("board.event")}</th>
          <th>{t("board.reason")}</th>
          <th className="number column-wide">{t("board.attempts")}</th>
          <th className="column-wide">{t("board.next")}</th>
          <th>{t("board.column.actions")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((parked) => (
          <ParkedRow key={parked.position} parked={parked} onAsk={onAsk} />
        ))}
      </tbody>
    </table>
  );
}

function ParkedRow({ parked, onAsk }: { parked: ParkedEvent; onAsk: (asked: Asked) => void }) {
  const t = useTranslations();
  const format = useFormat();
  const may = useMay();
  const { titleOf } = useEventTypes();
  return (
    <tr>
      <th scope="row" className="cell-person">
        {titleOf(parked.type)}
        <span className="address">
          {parked.position} · {parked.stream}
        </span>
      </th>
      <td>
        <span className="reason">{parked.isFirst ? parked.reason : t("board.waits")}</span>
        <details>
          <summary>{t("board.payload")}</summary>
          <pre className="payload">{JSON.stringify(parked.payload, null, 1)}</pre>
        </details>
      </td>
      <td className="number column-wide">{parked.attempts}</td>
      <td className="column-wide moment">{nextTry()}</td>
      <td>
        {parked.isFirst && (
          <div className="row-commands">
            {(["retry", "skip"] as const)
              .filter((command) => may(`subscription:${command}`))
              .map((command) => (
                <button
                  key={command}
                  type="button"
                  className={`button button-small${command === "skip" ? " button-danger" : ""}`}
                  disabled={parked.asked !== null}
                  onClick={() => onAsk({ parked, command })}
                >
                  {t(`board.command.${command}`)}
                </button>
              ))}
          </div>
        )}
      </td>
    </tr>
  );

  function nextTry(): string {
    if (parked.asked !== null) return t(`board.asked.${parked.asked}`);
    if (!parked.isFirst) return "–";
    if (parked.nextAttemptTime === null) return t("board.nextNever");
    return format.siteTime(parked.nextAttemptTime, "moment");
  }
}
