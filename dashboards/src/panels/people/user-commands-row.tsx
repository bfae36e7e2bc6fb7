import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys, useMay, useMe } from "../../api/identity-queries.ts";
import type { Invited, UserCommand, UserWithSessions } from "../../api/identity-shapes.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { LinkDialog } from "./link-dialog.tsx";
import { refusalOf, userCommands } from "./user-commands.ts";

/** What an administrator can do about a user; a button that would do nothing says why. */
export function UserCommands({ user }: { user: UserWithSessions }) {
  const t = useTranslations();
  const client = useQueryClient();
  const me = useMe();
  const asker = { mayChange: useMay()("user:change"), isMe: me?.userId === user.userId };
  const reasonId = useId();
  const [explained, setExplained] = useState<UserCommand | null>(null);
  const [asked, setAsked] = useState<Confirmed | null>(null);
  const [link, setLink] = useState<Invited | null>(null);
  const command = useCommand<UserCommand, Invited>(
    (name) => `/api/admin/users/${encodeURIComponent(user.userId)}/${name}`,
    {
      body: () => ({}),
      onSuccess: async (answer) => {
        if (command.variables === "send_link") setLink(answer);
        await Promise.all([
          client.invalidateQueries({ queryKey: identityKeys.user(user.userId) }),
          client.invalidateQueries({ queryKey: identityKeys.users }),
        ]);
      },
    },
  );
  const why = (name: UserCommand) => refusalOf(name, user, asker);
  const press = (name: UserCommand) => {
    if (command.isPending) return;
    if (why(name) !== null) setExplained(name);
    else if (isConfirmed(name)) setAsked(name);
    else command.mutate(name);
  };
  const reason = explained === null ? null : why(explained);
  return (
    <section className="commands" aria-label={t("user.commands")}>
      <div className="commands-row">
        {userCommands.map((name) => {
          const isAllowed = why(name) === null;
          return (
            <button
              key={name}
              type="button"
              className={isAllowed && name === "deactivate" ? "button button-danger" : "button"}
              aria-disabled={!isAllowed || command.isPending}
              aria-describedby={explained === name ? reasonId : undefined}
              onClick={() => press(name)}
              onFocus={() => setExplained(isAllowed ? null : name)}
              onPointerEnter={() => setExplained(isAllowed ? null : name)}
            >
              {t(
                command.isPending && command.variables === name
                  ? "action.sending"
                  : `userCommand.${name}`,
              )}
            </button>
          );
        })}
      </div>
      <p id={reasonId} className="commands-reason" aria-live="polite">
        {explained !== null && reason !== null && (
          <>
            <b>{t(`userCommand.${explained}`)}</b>: {t(`userRefusal.${reason}`)}
          </>
        )}
      </p>
      {command.error !== null && <ProblemNote error={command.error} />}
      {asked !== null && (
        <FormDialog
          title={t(`userCommand.${asked}`)}
          action={t(`userCommand.${asked}`)}
          isDanger
          onSubmit={() => {
            setAsked(null);
            command.mutate(asked);
          }}
          onClose={() => setAsked(null)}
        >
          <p>{t(`userConfirm.${asked}`, { name: user.name })}</p>
        </FormDialog>
      )}
      {link !== null && <LinkDialog invited={link} onClose={() => setLink(null)} />}
    </section>
  );
}

/** What takes something away from a person at once is asked twice. */
type Confirmed = "deactivate" | "end_sessions" | "remove_totp";

function isConfirmed(command: UserCommand): command is Confirmed {
  return command === "deactivate" || command === "end_sessions" || command === "remove_totp";
}
