import { z } from "zod";

/**
 * What a tenant may decide for itself. A setting is declared here when code uses it, never before; its
 * name is stored, so it never changes.
 */
export const tenantSettings = {
  "alert.machine_down_minutes": {
    schema: z.number().int().min(0).max(10_080),
    fallback: 15,
    description: "A machine that is down this long raises an alert (minutes); 0: none does",
  },
  locale: {
    schema: z.enum(["browser", "en", "zh-CN"]),
    fallback: "browser",
    description:
      "Language of the pages for who has chosen none; browser: the one each browser asks for",
  },
  "oee.no_data_range_percent": {
    schema: z.number().min(0).max(100),
    fallback: 5,
    description:
      "Above this share of time without data, availability and OEE are shown as a range (percent)",
  },
  "retention.machine_time_days": {
    // Readings come at most 400 days late: what is older never changes again.
    schema: z.number().int().min(401).max(10_000),
    fallback: 730,
    description:
      "States and pieces of machines are kept in the database this long, then in the archive (days)",
  },
  "retention.raw_days": {
    schema: z.number().int().min(2).max(4000),
    fallback: 90,
    description:
      "Readings are kept in the database this long as they came, then in the archive and as roll-ups (days)",
  },
  "work_order.late_grace_minutes": {
    schema: z.number().int().min(0).max(10_080),
    fallback: 0,
    description: "A work order counts as late this long after its due date (minutes)",
  },
} as const satisfies Record<string, { schema: z.ZodType; fallback: unknown; description: string }>;

export type SettingName = keyof typeof tenantSettings;
export type SettingValue<N extends SettingName> = z.infer<(typeof tenantSettings)[N]["schema"]>;
export type SettingValues = { readonly [N in SettingName]: SettingValue<N> };

export const settingNames = Object.keys(tenantSettings) as SettingName[];

/** What is stored, where it is valid, and the fallback everywhere else. */
export function settingValues(stored: ReadonlyMap<string, unknown>): SettingValues {
  const values = settingNames.map((name) => {
    const { schema, fallback } = tenantSettings[name];
    // A later release may have narrowed what is allowed: the fallback is right until somebody looks.
    const result = schema.safeParse(stored.get(name));
    return [name, result.success ? result.data : fallback];
  });
  return Object.fromEntries(values) as SettingValues;
}
