import type { SubscriptionState } from "@millwright/contracts/api";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { Replay } from "./replay.tsx";
import { boardState, useSubscriptionTitle } from "./subscription-words.ts";

/** Every subscription with how far it is behind, what is parked, and what one can do. */
export function SubscriptionTable({
  subscriptions,
  chosen,
  onChoose,
}: {
  subscriptions: readonly SubscriptionState[];
  chosen: string | undefined;
  onChoose: (name: string | undefined) => void;
}) {
  const t = useTranslations();
  const [replaying, setReplaying] = useState<SubscriptionState | null>(null);
  if (subscriptions.length === 0) {
    return (
      <div className="empty">
        <p>{t("board.none")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("page.subscriptions")}>
        <thead>
          <tr>
            <th>{t("board.column.subscription")}</th>
            <th>{t("board.column.state")}</th>
            <th>{t("board.column.behind")}</th>
            <th className="number">{t("board.column.parked")}</th>
            <th className="number column-wide">{t("board.column.position")}</th>
            <th>{t("board.column.actions")}</th>
          </tr>
        </thead>
        <tbody>
          {subscriptions.map((state) => (
            <Row
              key={state.name}
              state={state}
              isChosen={state.name === chosen}
              onChoose={() => onChoose(state.name === chosen ? undefined : state.name)}
              onReplay={() => setReplaying(state)}
            />
          ))}
        </tbody>
      </table>
      {replaying !== null && <Replay subscription={replaying} onClose={() => setReplaying(null)} />}
    </div>
  );
}

function Row({
  state,
  isChosen,
  onChoose,
  onReplay,
}: {
  state: SubscriptionState;
  isChosen: boolean;
  onChoose: () => void;
  onReplay: () => void;
}) {
  const t = useTranslations();
  const may = useMay();
  const title = useSubscriptionTitle()(state.name);
  return (
    <tr aria-selected={isChosen}>
      <th scope="row" className="cell-person">
        {title}
        {title !== state.name && <span className="address">{state.name}</span>}
      </th>
      <td>
        <StateMark state={state} />
      </td>
      <td>
        <Behind state={state} />
      </td>
      <td className="number">
        {state.parkedEvents}
        {state.parkedStreams > 0 && (
          <span className="address">{t("board.streams", { count: state.parkedStreams })}</span>
        )}
      </td>
      <td className="number column-wide">
        {state.position}
        <span className="address">/ {state.lastPosition}</span>
      </td>
      <td>
        <div className="row-commands">
          <button
            type="button"
            className="button button-small"
            aria-expanded={isChosen}
            onClick={onChoose}
          >
            {isChosen ? t("board.hideParked") : t("board.column.parked")}
            <span className="visually-hidden"> {title}</span>
          </button>
          {may("subscription:replay") && (
            <button
              type="button"
              className="button button-small"
              aria-disabled={!state.isReplayable}
              title={state.isReplayable ? undefined : t("board.notReplayable")}
              onClick={() => {
                if (state.isReplayable) onReplay();
              }}
            >
              {t("board.replay")}
              <span className="visually-hidden"> {title}</span>
            </button>
          )}
        </div>
      </td>
    </tr>
  );
}

function StateMark({ state }: { state: SubscriptionState }) {
  const t = useTranslations();
  const format = useFormat();
  const word = boardState(state);
  return (
    <>
      <span className="board-mark" data-board={word}>
        <Icon name={icons[word]} size={16} />
        {t(`board.state.${word}`)}
      </span>
      {state.stalledTime !== null && (
        <span className="reason">
          {t("board.stalledSince", {
            time: format.siteTime(state.stalledTime, "dayMinute"),
            reason: state.stalledReason ?? "",
          })}
        </span>
      )}
      {state.replayUntil !== null && (
        <span className="address">{t("board.replayUntil", { position: state.replayUntil })}</span>
      )}
    </>
  );
}

const icons = {
  stalled: "down",
  parked: "late",
  replaying: "half",
  behind: "clock",
  works: "check",
} as const satisfies Record<ReturnType<typeof boardState>, IconName>;

function Behind({ state }: { state: SubscriptionState }) {
  const t = useTranslations();
  const format = useFormat();
  if (state.eventsBehind === 0) return <>{t("board.upToDate")}</>;
  return (
    <>
      {state.eventsBehind >= countedMax
        ? t("board.manyEvents")
        : t("board.events", { count: state.eventsBehind })}
      <span className="address">{format.duration(state.secondsBehind * 1000)}</span>
    </>
  );
}

/** The server counts no further. */
const countedMax = 10_000;
