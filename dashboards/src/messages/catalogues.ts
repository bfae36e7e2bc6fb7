import type { Language } from "../ui/settings.tsx";
import { type Catalogue, en } from "./en.ts";
import { zhCn } from "./zh-cn.ts";

export const catalogues = { en, "zh-CN": zhCn } as const satisfies Record<Language, Catalogue>;

declare module "use-intl" {
  interface AppConfig {
    Locale: Language;
    Messages: Catalogue;
  }
}
