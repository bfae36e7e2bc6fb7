import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useState, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";

import { useMay, useMe } from "../api/identity-queries.ts";
import { connectionStore } from "../api/live.ts";
import { plantQuery } from "../api/queries.ts";
import { Icon } from "../ui/icon.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useNow } from "../ui/use-now.ts";
import { CompanyLanguage } from "./company-language.tsx";
import { useNavigation } from "./navigation.ts";
import { PaletteButton } from "./palette/palette-button.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Bell } from "./notifications/bell.tsx";
import { LanguageSwitch, ThemeSwitch } from "./switches.tsx";

/** The frame of every page: where one is, where one can go, what time it is at the site, how live it is. */
export function Shell() {
  const t = useTranslations();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts({ onHelp: () => setHelpOpen(true) });
  return (
    <div className="shell">
      <CompanyLanguage />
      <a className="skip-link" href="#content">
        {t("shell.skip")}
      </a>
      <header className="topbar">
        <Site />
        <div className="topbar-tools">
          <Connection />
          <PaletteButton />
          <LanguageSwitch />
          <ThemeSwitch />
          <button
            type="button"
            className="icon-button"
            aria-label={t("shell.help")}
            title={t("shell.help")}
            onClick={() => setHelpOpen(true)}
          >
            <Icon name="help" />
          </button>
          <Bell />
          <PersonMenu />
        </div>
      </header>
      <Navigation />
      <main id="content" className="content" tabIndex={-1}>
        <Outlet />
      </main>
      {isHelpOpen && <ShortcutHelp onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

function Navigation() {
  const t = useTranslations();
  const groups = useNavigation();
  return (
    <nav className="navigation" aria-label={t("shell.navigation")}>
      {groups.length === 0 && <p className="navigation-title">{t("navigation.nothing")}</p>}
      {groups.map(({ group, pages }) => (
        <div key={group} className="navigation-group">
          <p className="navigation-title">
            {t(`navigation.${group}.title`)}
            <span>{t(`navigation.${group}.roles`)}</span>
          </p>
          {pages.map((page) => (
            <Link
              key={page.path}
              to={page.path}
              className="navigation-link"
              activeOptions={{ exact: page.path === "/", includeSearch: false }}
            >
              <Icon name={page.icon} />
              <span>{t(`page.${page.name}`)}</span>
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

function Site() {
  const t = useTranslations();
  const format = useFormat();
  const now = useNow();
  const me = useMe();
  const { data } = useQuery({ ...plantQuery, enabled: useMay()("machine:read") });
  return (
    <div className="site">
      <span className="site-product">Millwright</span>
      <span className="site-name">{data?.siteName ?? me?.companyName ?? ""}</span>
      {data !== undefined && (
        <span
          className="site-clock"
          role="timer"
          aria-label={t("shell.siteTime")}
          title={data.timeZone}
        >
          <Icon name="clock" size={16} /> {format.siteTime(now, "time")}
          <span className="site-zone">{data.timeZone}</span>
        </span>
      )}
    </div>
  );
}

function Connection() {
  const t = useTranslations();
  const state = useSyncExternalStore(connectionStore.subscribe, connectionStore.read);
  return (
    <output className="connection" data-state={state} aria-label={t("connection.label")}>
      <span className="connection-dot" aria-hidden="true" />
      {t(`connection.${state}`)}
    </output>
  );
}
