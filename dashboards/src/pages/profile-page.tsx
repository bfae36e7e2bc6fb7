import type { Me, Session } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { identityKeys, meQuery, mySessionsQuery } from "../api/identity-queries.ts";
import { ChangePassword } from "../forms/profile/change-password.tsx";
import { PersonForm } from "../forms/profile/person-form.tsx";
import { TwoStep } from "../forms/profile/two-step.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { SessionList } from "../panels/people/session-list.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { useCommand } from "../ui/use-command.ts";

/** What a person can change about themselves, and where they are signed in. */
export function ProfilePage() {
  const t = useTranslations();
  const query = useQuery(meQuery);
  return (
    <>
      <PageHead title={t("page.profile")} />
      <Loaded query={query} skeleton={<Skeleton count={3} height={200} />}>
        {(me) => (
          <>
            <div className="columns">
              <Panel title={t("profile.person")}>
                <PersonForm me={me} />
              </Panel>
              <div className="column">
                <Panel title={t("profile.twoStep")}>
                  <TwoStep me={me} />
                </Panel>
                <Panel title={t("password.label")}>
                  <Password me={me} />
                </Panel>
              </div>
            </div>
            <Sessions />
          </>
        )}
      </Loaded>
    </>
  );
}

function Password({ me }: { me: Me }) {
  const t = useTranslations();
  if (!me.hasPassword) return <p>{t("profile.noPassword")}</p>;
  return <ChangePassword email={me.email} />;
}

function Sessions() {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useQuery(mySessionsQuery);
  const revoke = useCommand<Session, object>(
    ({ sessionId }) => `/api/me/sessions/${encodeURIComponent(sessionId)}/revoke`,
    {
      body: () => ({}),
      onSuccess: () => client.invalidateQueries({ queryKey: identityKeys.mySessions }),
    },
  );
  return (
    <Panel title={t("session.title")}>
      {revoke.error !== null && <ProblemNote error={revoke.error} />}
      <Loaded query={query} skeleton={<Skeleton count={2} height={44} />}>
        {({ rows }) => (
          <SessionList
            sessions={rows}
            label={t("session.title")}
            onRevoke={(session) => revoke.isPending || revoke.mutate(session)}
          />
        )}
      </Loaded>
    </Panel>
  );
}
