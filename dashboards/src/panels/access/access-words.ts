import { useTranslations } from "use-intl";

import { everything } from "./matrix.ts";

/**
 * Words for what the catalogue of permissions names. A context may bring object types and actions
 * this app has no words for yet: then their own names are shown.
 */
export function useAccessWords() {
  const t = useTranslations();
  return {
    objectType: (name: string): string => {
      if (name === everything) return t("access.everyObject");
      const key = `objectType.${name}` as "objectType.work_order";
      return t.has(key) ? t(key) : plain(name);
    },
    action: (name: string): string => {
      if (name === everything) return t("access.everyAction");
      const key = `accessAction.${name}` as "accessAction.read";
      return t.has(key) ? t(key) : plain(name);
    },
  };
}

function plain(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
