import type { AlertKind } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";
import { sendMail } from "../mail/send-mail.ts";

const subjects: Readonly<Record<AlertKind, string>> = {
  event_parked: "An event could not be digested",
  subscription_stalled: "The processing of events stands still",
  job_failed: "A background job has failed for good",
  saga_stuck: "A flow is stuck",
  webhook_disabled: "A webhook was switched off",
  machine_down: "A machine is down",
};

/**
 * Raises an alert in the caller's transaction: it appears in the notification centre, and one mail goes
 * into the outbox for each recipient. The same `key` is raised once.
 */
export async function raiseAlert(
  tx: Transaction,
  alert: { kind: AlertKind; key: string; details: Readonly<Record<string, string>> },
): Promise<void> {
  const alertId = crypto.randomUUID();
  const { rows } = await sql`
    insert into platform.alert (tenant_id, alert_id, key, kind, details)
    values (${tx.tenantId}, ${alertId}, ${alert.key.slice(0, keyMax)}, ${alert.kind},
            ${JSON.stringify(alert.details)}::jsonb)
    on conflict (tenant_id, key) do nothing
    returning alert_id`.execute(tx.over());
  if (rows.length === 0) return;
  const recipients = await sql<{ address: string }>`
    select address from platform.alert_recipient where tenant_id = ${tx.tenantId}`.execute(
    tx.over(),
  );
  const text = Object.entries(alert.details).map(([name, value]) => `${name}: ${value}`);
  for (const { address } of recipients.rows.slice(0, recipientsMax)) {
    await sendMail(tx, {
      key: `alert:${alertId}:${address}`.slice(0, keyMax),
      to: address,
      subject: `Millwright: ${subjects[alert.kind]}`,
      text: `${subjects[alert.kind]}.\n\n${text.join("\n")}\n`,
    });
  }
}

const keyMax = 300;
// More people than this want a list address.
export const recipientsMax = 20;
