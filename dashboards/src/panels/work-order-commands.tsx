import type { WorkOrder } from "@millwright/contracts/api";
import type { WorkOrderCommand } from "@millwright/contracts/states/tables";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { keys } from "../api/queries.ts";
import { ReasonForm } from "../forms/reason-form.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { useCommand } from "../ui/use-command.ts";

const commands = [
  "firm",
  "release",
  "hold",
  "resume",
  "complete",
  "close",
  "cancel",
] as const satisfies readonly WorkOrderCommand[];

/**
 * What a person may ask of the order. A button that cannot be pressed now stays reachable and says
 * why when it is pointed at, focused or pressed; a refusal of the server is shown in full.
 */
export function WorkOrderCommands({ order }: { order: WorkOrder }) {
  const t = useTranslations();
  const client = useQueryClient();
  const may = useMay();
  const reasonId = useId();
  const [asked, setAsked] = useState<"hold" | "cancel" | null>(null);
  const [explained, setExplained] = useState<WorkOrderCommand | null>(null);
  const [sent, setSent] = useState<WorkOrderCommand>("firm");
  const command = useCommand<{ command: WorkOrderCommand; reason: string }, WorkOrder>(
    ({ command }) => `/api/work-orders/${encodeURIComponent(order.workOrderId)}/${command}`,
    {
      body: ({ reason }) => ({ reason }),
      onSuccess: async (answer) => {
        client.setQueryData(keys.workOrder(order.workOrderId), answer);
        await client.invalidateQueries({ queryKey: keys.workOrderEvents(order.workOrderId) });
      },
    },
  );
  const send = (name: WorkOrderCommand, reason = "") => {
    setSent(name);
    setAsked(null);
    command.mutate({ command: name, reason });
  };
  /** What keeps the button from being pressed: first the person's rights, then the order's state. */
  const whyNot = (name: WorkOrderCommand): string | null => {
    const permission = `work_order:${name}` as const;
    if (!may(permission)) return t("permission.missing", { permission });
    const allowed = order.commands[name];
    return allowed?.isAllowed === true ? null : (allowed?.reason ?? "");
  };
  const press = (name: WorkOrderCommand) => {
    if (command.isPending) return;
    if (whyNot(name) !== null) setExplained(name);
    else if (name === "hold" || name === "cancel") setAsked(name);
    else send(name);
  };
  const reason = explained === null ? null : whyNot(explained);

  return (
    <section className="commands" aria-label={t("workOrder.commands")}>
      <div className="commands-row">
        {commands.map((name) => {
          const allowed = whyNot(name) === null;
          return (
            <button
              key={name}
              type="button"
              className={buttonClass(name, allowed)}
              aria-disabled={!allowed || command.isPending}
              aria-describedby={explained === name ? reasonId : undefined}
              title={whyNot(name) ?? undefined}
              onClick={() => press(name)}
              onFocus={() => setExplained(allowed ? null : name)}
              onPointerEnter={() => setExplained(allowed ? null : name)}
            >
              {command.isPending && sent === name ? t("action.sending") : t(`command.${name}`)}
            </button>
          );
        })}
      </div>
      <p id={reasonId} className="commands-reason" aria-live="polite">
        {explained !== null && reason !== null && (
          <>
            <b>{t(`command.${explained}`)}</b>: {reason}
          </>
        )}
      </p>
      {command.error !== null && <ProblemNote error={command.error} />}
      {asked !== null && (
        <ReasonForm
          title={t(`command.${asked}Title`, { number: order.number })}
          action={t(`command.${asked}`)}
          onSubmit={(reason) => send(asked, reason)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

const nextSteps: readonly string[] = ["firm", "release", "resume", "close"];

function buttonClass(name: WorkOrderCommand, allowed: boolean): string {
  if (!allowed) return "button";
  if (name === "cancel") return "button button-danger";
  // The way of an order stands out; to stop it or to end it early is for the few.
  return nextSteps.includes(name) ? "button button-main" : "button";
}
