import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { mySettingsQuery } from "../api/settings-queries.ts";
import { languages, useSettings } from "../ui/settings.tsx";

/** Speaks the company's language to who has not chosen another one. Shows nothing. */
export function CompanyLanguage() {
  const { suggestLanguage } = useSettings();
  const locale = useQuery(mySettingsQuery).data?.settings["locale"];
  const language = languages.find((one) => one === locale) ?? null;
  useEffect(() => suggestLanguage(language), [language, suggestLanguage]);
  return null;
}
