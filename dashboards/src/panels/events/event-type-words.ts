import { useTranslations } from "use-intl";

import { spokenTypes } from "./event-words.ts";

/**
 * Names of event types for lists and filters. A server may have types this app has no word for yet:
 * then their own names are shown.
 */
export function useEventTypes(): {
  types: readonly string[];
  titleOf: (type: string) => string;
} {
  const t = useTranslations();
  return {
    types: spokenTypes,
    titleOf: (type) => {
      const key = `eventType.${type}` as "eventType.record.changed";
      return t.has(key) ? t(key) : type;
    },
  };
}
