import type { ItemKind } from "@millwright/contracts/states/engineering";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

/** Made, bought or phantom as icon and word. */
export function KindMark({ kind }: { kind: ItemKind }) {
  const t = useTranslations();
  return (
    <span className="kind-mark" data-kind={kind}>
      <Icon name={icons[kind]} size={16} /> {t(`itemKind.${kind}`)}
    </span>
  );
}

const icons = {
  make: "machines",
  buy: "cart",
  phantom: "phantom",
} as const satisfies Record<ItemKind, IconName>;
