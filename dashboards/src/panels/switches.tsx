import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Me } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { saveJson } from "../api/client.ts";
import { identityKeys, useMe } from "../api/identity-queries.ts";
import { Icon } from "../ui/icon.tsx";
import { type Language, languages, themes, useSettings } from "../ui/settings.tsx";

/** Language of the screens; of a person who is signed in, wherever they sign in next. */
export function LanguageSwitch() {
  const t = useTranslations();
  const me = useMe();
  const client = useQueryClient();
  const { language, setLanguage } = useSettings();
  const save = useMutation({
    mutationFn: (chosen: Language) => saveJson<Me>("PATCH", "/api/me", { language: chosen }, null),
    onSuccess: (answer) => client.setQueryData(identityKeys.me, answer),
  });
  return (
    <select
      className="select select-quiet"
      aria-label={t("shell.language")}
      value={language}
      onChange={(event) => {
        const chosen = languages.find((one) => one === event.target.value);
        if (chosen === undefined) return;
        setLanguage(chosen);
        if (me !== null) save.mutate(chosen);
      }}
    >
      <option value="en">English</option>
      <option value="zh-CN">中文</option>
    </select>
  );
}

export function ThemeSwitch() {
  const t = useTranslations();
  const { theme, setTheme } = useSettings();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto";
  const label = t("shell.theme", { theme: t(`theme.${theme}`), next: t(`theme.${next}`) });
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => setTheme(next)}
    >
      <Icon name={theme} />
    </button>
  );
}
