import type { SubscriptionState } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { eventKeys } from "../../api/event-queries.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useSubscriptionTitle } from "./subscription-words.ts";

/** Asks from where a subscription shall handle events again. */
export function Replay({
  subscription,
  onClose,
}: {
  subscription: SubscriptionState;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const titleOf = useSubscriptionTitle();
  const [fromPosition, setFromPosition] = useState("");
  const replay = useCommand<string, SubscriptionState>(
    () => `/api/admin/subscriptions/${encodeURIComponent(subscription.name)}/replay`,
    {
      body: (from) => ({ fromPosition: from }),
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: eventKeys.subscriptions });
        onClose();
      },
    },
  );
  return (
    <FormDialog
      title={t("board.replayTitle", { name: titleOf(subscription.name) })}
      action={t("board.replay")}
      isPending={replay.isPending}
      error={replay.error}
      onSubmit={() => replay.mutate(fromPosition)}
      onClose={onClose}
    >
      <p>{t("board.replayLead")}</p>
      <TextField
        label={t("board.replayFrom")}
        hint={t("board.replayFromHint", { position: subscription.position })}
        inputMode="numeric"
        pattern="[0-9]{1,19}"
        required
        value={fromPosition}
        onChange={setFromPosition}
      />
    </FormDialog>
  );
}
