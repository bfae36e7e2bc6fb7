import { useId, useState } from "react";
import { useTranslations } from "use-intl";

import { type Permission, useMay } from "../api/identity-queries.ts";

export type CommandButton = {
  name: string;
  words: string;
  permission: Permission;
  look?: "main" | "danger";
};

/** What the server says of each command: allowed now, or the reason why not. */
export type AllowedCommands = Record<string, { isAllowed: boolean; reason: string | null }>;

/**
 * What a person may ask of a thing. A button that cannot be pressed now stays reachable and says why
 * when it is pointed at, focused or pressed.
 */
export function CommandRow({
  label,
  buttons,
  commands,
  isPending,
  onPress,
}: {
  label: string;
  buttons: readonly CommandButton[];
  commands: AllowedCommands;
  isPending: boolean;
  onPress: (name: string) => void;
}) {
  const t = useTranslations();
  const may = useMay();
  const reasonId = useId();
  const [explained, setExplained] = useState<CommandButton | null>(null);
  const whyNot = ({ name, permission }: CommandButton): string | null => {
    if (!may(permission)) return t("permission.missing", { permission });
    const allowed = commands[name];
    return allowed?.isAllowed === true ? null : (allowed?.reason ?? t("command.notNow"));
  };
  const reason = explained === null ? null : whyNot(explained);
  return (
    <section className="commands" aria-label={label}>
      <div className="commands-row">
        {buttons.map((button) => {
          const why = whyNot(button);
          const look = why === null && button.look !== undefined ? ` button-${button.look}` : "";
          const explain = () => setExplained(why === null ? null : button);
          return (
            <button
              key={button.name}
              type="button"
              className={`button${look}`}
              aria-disabled={why !== null || isPending}
              aria-describedby={explained === button ? reasonId : undefined}
              title={why ?? undefined}
              onClick={() => {
                if (why !== null) explain();
                else if (!isPending) onPress(button.name);
              }}
              onFocus={explain}
              onPointerEnter={explain}
            >
              {button.words}
            </button>
          );
        })}
      </div>
      <p id={reasonId} className="commands-reason" aria-live="polite">
        {explained !== null && reason !== null && (
          <>
            <b>{explained.words}</b>: {reason}
          </>
        )}
      </p>
    </section>
  );
}
