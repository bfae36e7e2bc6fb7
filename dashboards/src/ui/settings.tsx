import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";

export const languages = ["en", "zh-CN"] as const;
export type Language = (typeof languages)[number];
export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

type Settings = {
  language: Language;
  theme: Theme;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
};

const SettingsContext = createContext<Settings | null>(null);

/** Language and theme of this browser, kept in it; at first those of its user's system. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(
    () => stored("language", languages) ?? ofBrowser(),
  );
  const [theme, setTheme] = useState<Theme>(() => stored("theme", themes) ?? "auto");
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("language", language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return (
    <SettingsContext value={{ language, theme, setLanguage, setTheme }}>{children}</SettingsContext>
  );
}

export function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (settings === null) throw new Error("useSettings needs a SettingsProvider above");
  return settings;
}

const darkPreference = matchMedia("(prefers-color-scheme: dark)");

/** The colours in use, for what CSS cannot reach (a canvas). */
export function useColorScheme(): "light" | "dark" {
  const { theme } = useSettings();
  const prefersDark = useSyncExternalStore(watchPreference, () => darkPreference.matches);
  if (theme !== "auto") return theme;
  return prefersDark ? "dark" : "light";
}

function watchPreference(watcher: () => void): () => void {
  darkPreference.addEventListener("change", watcher);
  return () => darkPreference.removeEventListener("change", watcher);
}

function stored<T extends string>(name: string, allowed: readonly T[]): T | undefined {
  const value = localStorage.getItem(name);
  return allowed.find((one) => one === value);
}

function ofBrowser(): Language {
  return navigator.languages.find((one) => /^(en|zh)/.test(one))?.startsWith("zh") === true
    ? "zh-CN"
    : "en";
}
