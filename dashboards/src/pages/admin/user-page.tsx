import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { userQuery } from "../../api/identity-queries.ts";
import type { UserWithSessions } from "../../api/identity-shapes.ts";
import { ChangeUser } from "../../forms/admin/change-user.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { SessionList } from "../../panels/people/session-list.tsx";
import { UserCommands } from "../../panels/people/user-commands-row.tsx";
import { UserStateMark } from "../../panels/people/user-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** One user: what can be done about them, what they may do, where they are signed in. */
export function UserPage() {
  const { userId } = useParams({ from: paths.user });
  const query = useQuery(userQuery(userId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={160} />}>
      {(user) => <UserView key={user.userId} user={user} />}
    </Loaded>
  );
}

function UserView({ user }: { user: UserWithSessions }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <>
      <Link to={paths.users} className="back">
        ← {t("page.users")}
      </Link>
      <PageHead title={user.name} beside={<UserStateMark state={user.state} />} />
      <dl className="facts">
        <div>
          <dt>{t("person.email")}</dt>
          <dd className="fact-long">{user.email}</dd>
        </div>
        <div>
          <dt>{t("profile.twoStep")}</dt>
          <dd>{t(user.hasTotp ? "twoStep.on" : "twoStep.off")}</dd>
        </div>
        <div>
          <dt>{t("session.lastSeen")}</dt>
          <dd>
            {user.lastSeenTime === null
              ? t("user.neverSeen")
              : format.siteTime(user.lastSeenTime, "moment")}
          </dd>
        </div>
      </dl>
      <UserCommands user={user} />
      <Panel title={t("user.rights")}>
        <ChangeUser user={user} />
      </Panel>
      <Panel title={t("session.title")}>
        <SessionList sessions={user.sessions} label={t("session.title")} />
      </Panel>
    </>
  );
}
