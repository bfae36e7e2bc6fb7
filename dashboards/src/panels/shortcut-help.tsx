import { useTranslations } from "use-intl";

import { Dialog } from "../ui/dialog.tsx";
import { useNavigation } from "./navigation.ts";

/** `?`: the keys, and which role finds its work where. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const groups = useNavigation();
  return (
    <Dialog title={t("shell.help")} onClose={onClose}>
      <h3>{t("help.keys")}</h3>
      <dl className="keys">
        {groups
          .flatMap(({ pages }) => pages)
          .map((page) => (
            <Key key={page.name} keys={page.shortcut} words={t(`page.${page.name}`)} />
          ))}
        <Key keys="/" words={t("help.search")} />
        <Key keys="Ctrl K" words={t("help.palette")} />
        <Key keys="↑ ↓ Enter" words={t("help.rows")} />
        <Key keys="← →" words={t("help.strip")} />
        <Key keys="?" words={t("shell.help")} />
      </dl>
      <h3>{t("help.roles")}</h3>
      <dl className="roles">
        {roles.map((role) => (
          <div key={role}>
            <dt>{t(`role.${role}.name`)}</dt>
            <dd>{t(`role.${role}.pages`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

const roles = [
  "operator",
  "planner",
  "plantManager",
  "administrator",
  "storekeeper",
  "buyer",
  "accountant",
] as const;

function Key({ keys, words }: { keys: string; words: string }) {
  return (
    <div>
      <dt>
        {keys.split(" ").map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{words}</dd>
    </div>
  );
}
