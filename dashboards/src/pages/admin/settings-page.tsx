import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { flagsQuery, processesQuery, settingsQuery } from "../../api/settings-queries.ts";
import { PageHead } from "../../panels/page-head.tsx";
import { FlagForm } from "../../panels/settings/flag-form.tsx";
import { ProcessSettings } from "../../panels/settings/process-settings.tsx";
import { SettingForm } from "../../panels/settings/setting-form.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import "../../panels/settings/settings.css";

/** What the company decided for itself, which features are on, and what the processes run with. */
export function SettingsPage() {
  const t = useTranslations();
  const may = useMay();
  return (
    <>
      <PageHead title={t("page.settings")} />
      {may("setting:read") && <Settings />}
      {may("feature_flag:read") && <Flags />}
      {may("system:read") && <Processes />}
    </>
  );
}

function Settings() {
  const t = useTranslations();
  const query = useQuery(settingsQuery);
  return (
    <Panel title={t("settings.title")}>
      <Loaded query={query} skeleton={<Skeleton count={3} height={64} />}>
        {({ rows }) => (
          <div className="setting-rows">
            {rows.map((setting) => (
              // A change that somebody else saved starts the form anew.
              <SettingForm key={`${setting.name} ${setting.version}`} setting={setting} />
            ))}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Flags() {
  const t = useTranslations();
  const query = useQuery(flagsQuery);
  return (
    <Panel title={t("settings.flags")}>
      <Loaded query={query} skeleton={<Skeleton height={64} />}>
        {({ rows }) => (
          <div className="setting-rows">
            {rows.map((flag) => (
              <FlagForm key={`${flag.flag} ${flag.version}`} flag={flag} />
            ))}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Processes() {
  const t = useTranslations();
  const query = useQuery(processesQuery);
  return (
    <Panel title={t("settings.processes")}>
      <Loaded query={query} skeleton={<Skeleton count={3} height={160} />}>
        {({ processes }) =>
          processes.map((process) => (
            <ProcessSettings key={`${process.process} ${process.instance}`} process={process} />
          ))
        }
      </Loaded>
    </Panel>
  );
}
