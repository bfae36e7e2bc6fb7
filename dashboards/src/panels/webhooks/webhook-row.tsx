import type { Webhook } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useEventTypes } from "../events/event-type-words.ts";

/** One program outside: whether it takes what it is told, and what one can do. */
export function WebhookRow({
  webhook,
  onCommand,
}: {
  webhook: Webhook;
  onCommand: (command: "enable" | "disable" | "remove") => void;
}) {
  const t = useTranslations();
  const may = useMay();
  const { titleOf } = useEventTypes();
  const commands = [webhook.isEnabled ? "disable" : "enable", "remove"] as const;
  return (
    <tr>
      <th scope="row" className="cell-person cell-url">
        {webhook.url}
      </th>
      <td>
        <StateMark webhook={webhook} />
      </td>
      <td className="column-wide">{webhook.eventTypes.map(titleOf).join(", ")}</td>
      <td className="number">{webhook.queued}</td>
      <td className="number column-wide">{webhook.failed}</td>
      <td>
        <span className="reason">{webhook.disabledReason ?? webhook.lastFailure ?? "–"}</span>
      </td>
      <td>
        <div className="row-commands">
          {commands
            .filter((command) => may(`webhook:${command}`))
            .map((command) => (
              <button
                key={command}
                type="button"
                className={`button button-small${command === "remove" ? " button-danger" : ""}`}
                onClick={() => onCommand(command)}
              >
                {t(`webhook.command.${command}`)}
              </button>
            ))}
        </div>
      </td>
    </tr>
  );
}

function StateMark({ webhook }: { webhook: Webhook }) {
  const t = useTranslations();
  const format = useFormat();
  const state = !webhook.isEnabled ? "off" : webhook.failingSince === null ? "on" : "failing";
  return (
    <>
      <span className="board-mark" data-board={state}>
        <Icon name={state === "on" ? "check" : state === "off" ? "close" : "late"} size={16} />
        {t(`webhook.state.${state}`)}
      </span>
      {webhook.failingSince !== null && (
        <span className="address">
          {t("webhook.failingSince", { time: format.siteTime(webhook.failingSince, "dayMinute") })}
        </span>
      )}
    </>
  );
}
