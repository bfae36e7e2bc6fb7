import {
  createContext,
  type ReactNode,
  useCallback,
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
  /** The company's language, for who has chosen none in this browser; null: as the browser asks. */
  suggestLanguage: (language: Language | null) => void;
  setTheme: (theme: Theme) => void;
};

const SettingsContext = createContext<Settings | null>(null);

/** Language and theme of this browser, kept in it once chosen; until then the company's or the system's. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useState(() => stored("language", languages));
  const [suggested, suggestLanguage] = useState<Language | null>(null);
  const language = chosen ?? suggested ?? ofBrowser();
  const setLanguage = useCallback((choice: Language) => {
    localStorage.setItem("language", choice);
    setChosen(choice);
  }, []);
  const [theme, setTheme] = useState<Theme>(() => stored("theme", themes) ?? "auto");
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return (
    <SettingsContext value={{ language, theme, setLanguage, suggestLanguage, setTheme }}>
      {children}
    </SettingsContext>
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
