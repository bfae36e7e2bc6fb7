import { useTranslations } from "use-intl";

/** Things the audit trail tells about, in the order of the filter. */
export const auditedTypes = [
  "user",
  "role",
  "policy",
  "api_key",
  "company",
  "site",
  "department",
  "oidc_provider",
  "tenant_setting",
  "feature_flag",
  "work_order",
  "item",
  "attachment",
  "bom",
  "engineering_change",
  "calendar",
  "work_unit",
  "work_center_rate",
  "binding",
  "edge_node",
  "location",
  "stock",
  "lot",
  "transfer",
  "cycle_count",
  "stock_gauge",
  "stock_proposal",
  "job",
  "subscription",
  "parked_event",
  "saga",
  "webhook",
  "alert_recipients",
] as const;

/** Words for the kinds of things in the audit trail; one without a word is shown by its own name. */
export function useAuditedTypes(): (objectType: string) => string {
  const t = useTranslations();
  return (objectType) => {
    const own = `auditObject.${objectType}` as "auditObject.site";
    if (t.has(own)) return t(own);
    const shared = `objectType.${objectType}` as "objectType.user";
    if (t.has(shared)) return t(shared);
    return plainWords(objectType);
  };
}

/** `isEnabled` and `work_center` as a person would write them. */
export function plainWords(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_.]/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
