import type { User } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { type UserFilter, useMay, usersQuery } from "../../api/identity-queries.ts";
import { useRoleTitle, useRoles } from "../../api/use-roles.ts";
import { InviteUser } from "../../forms/admin/invite-user.tsx";
import { FileMenu } from "../../panels/lists/list-files.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { UserStateMark } from "../../panels/people/user-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useRowKeys } from "../../ui/use-row-keys.ts";
import { userStates } from "./user-filter.ts";

/** Everybody of the company, by name; the filter is in the URL. */
export function UsersPage() {
  const t = useTranslations();
  const filter: UserFilter = useSearch({ from: paths.users });
  const query = useInfiniteQuery(usersQuery(filter));
  const mayInvite = useMay()("user:change");
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <PageHead title={t("page.users")}>
        <Filter filter={filter} />
        <FileMenu title={t("page.users")} path="/api/admin/users" filter={filter} />
        {mayInvite && (
          <button type="button" className="button button-main" onClick={() => setInviting(true)}>
            <Icon name="add" size={16} /> {t("user.invite")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={8} height={52} />}>
        {({ pages }) => (
          <>
            <UserTable users={pages.flatMap((page) => page.rows)} />
            {query.hasNextPage && (
              <button
                type="button"
                className="button"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.more")}
              </button>
            )}
          </>
        )}
      </Loaded>
      {isInviting && <InviteUser onClose={() => setInviting(false)} />}
    </>
  );
}

function Filter({ filter }: { filter: UserFilter }) {
  const t = useTranslations();
  const navigate = useNavigate();
  const roles = useRoles();
  const [text, setText] = useState(filter.search ?? "");
  const show = (next: UserFilter) =>
    void navigate({ to: paths.users, search: next, replace: true });
  useEffect(() => {
    if (text === (filter.search ?? "")) return undefined;
    const { search: _, ...rest } = filter;
    const timer = setTimeout(
      () => show({ ...rest, ...(text !== "" && { search: text }) }),
      typingPauseMs,
    );
    return () => clearTimeout(timer);
  });
  const chooseState = (value: string) => {
    const state = userStates.find((one) => one === value);
    const { state: _, ...rest } = filter;
    show({ ...rest, ...(state !== undefined && { state }) });
  };
  const chooseRole = (role: string) => {
    const { role: _, ...rest } = filter;
    show({ ...rest, ...(role !== "" && { role }) });
  };
  return (
    <search className="filter">
      <span className="search">
        <Icon name="search" size={16} />
        <input
          type="search"
          aria-label={t("user.search")}
          placeholder={t("user.search")}
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </span>
      <select
        className="select"
        aria-label={t("user.stateFilter")}
        value={filter.state ?? ""}
        onChange={(event) => chooseState(event.target.value)}
      >
        <option value="">{t("workOrder.allStates")}</option>
        {userStates.map((state) => (
          <option key={state} value={state}>
            {t(`userState.${state}`)}
          </option>
        ))}
      </select>
      <select
        className="select select-role"
        aria-label={t("user.roleFilter")}
        value={filter.role ?? ""}
        onChange={(event) => chooseRole(event.target.value)}
      >
        <option value="">{t("user.allRoles")}</option>
        {roles.map(({ role, title }) => (
          <option key={role} value={role}>
            {title}
          </option>
        ))}
      </select>
    </search>
  );
}

/** A search per pause in typing, not per letter. */
const typingPauseMs = 250;

function UserTable({ users }: { users: readonly User[] }) {
  const t = useTranslations();
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  // Whoever reads this is a user, so an empty list is always one of a filter.
  if (users.length === 0) {
    return (
      <div className="empty">
        <p>{t("user.noneFound")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table" aria-label={t("page.users")}>
        <thead>
          <tr>
            <th>{t("person.name")}</th>
            <th>{t("column.state")}</th>
            <th>{t("user.roles")}</th>
            <th className="column-wide">{t("user.department")}</th>
            <th className="column-wide">{t("profile.twoStep")}</th>
            <th>{t("session.lastSeen")}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {users.map((user) => (
            <UserRow key={user.userId} user={user} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function UserRow({ user }: { user: User }) {
  const t = useTranslations();
  const format = useFormat();
  const titleOf = useRoleTitle();
  return (
    <tr className="row-link">
      <th scope="row" className="cell-person">
        <Link to={paths.user} params={{ userId: user.userId }} data-row>
          {user.name}
        </Link>
        <span className="address">{user.email}</span>
      </th>
      <td>
        <UserStateMark state={user.state} />
      </td>
      <td>{user.roles.map(titleOf).join(", ") || t("person.noRole")}</td>
      <td className="column-wide">{user.departmentName ?? "–"}</td>
      <td className="column-wide">{t(user.hasTotp ? "twoStep.on" : "twoStep.off")}</td>
      <td className="moment">
        {user.lastSeenTime === null
          ? t("user.neverSeen")
          : format.siteTime(user.lastSeenTime, "dayMinute")}
      </td>
    </tr>
  );
}
