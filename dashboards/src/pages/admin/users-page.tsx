import type { User } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { type UserFilter, useMay, usersQuery } from "../../api/identity-queries.ts";
import { useRoleTitle, useRoles } from "../../api/use-roles.ts";
import { InviteUser } from "../../forms/admin/invite-user.tsx";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { SearchBox } from "../../panels/lists/search-box.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { UserStateMark } from "../../panels/people/user-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { readUserFilter, userStates } from "./user-filter.ts";

/** Everybody of the company, by name; the filter is in the URL. */
export function UsersPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const filter: UserFilter = useSearch({ from: paths.users });
  const query = useInfiniteQuery(usersQuery(filter));
  const columns = useColumns();
  const choices = useListChoices("users");
  const roles = useRoles();
  const mayInvite = useMay()("user:change");
  const [isInviting, setInviting] = useState(false);
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.users, search: readUserFilter(asked), replace: true });
  return (
    <>
      <PageHead title={t("page.users")}>
        <search className="filter">
          <SearchBox
            label={t("user.search")}
            value={filter.search ?? ""}
            onSearch={(search) => show({ ...filter, search })}
          />
          <select
            className="select"
            aria-label={t("user.stateFilter")}
            value={filter.state ?? ""}
            onChange={(event) => show({ ...filter, state: event.target.value })}
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
            onChange={(event) => show({ ...filter, role: event.target.value })}
          >
            <option value="">{t("user.allRoles")}</option>
            {roles.map(({ role, title }) => (
              <option key={role} value={role}>
                {title}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.users}
            files={{ title: t("page.users"), path: "/api/admin/users" }}
          />
        </search>
        {mayInvite && (
          <button type="button" className="button button-main" onClick={() => setInviting(true)}>
            <Icon name="add" size={16} /> {t("user.invite")}
          </button>
        )}
      </PageHead>
      {/* Whoever reads this is a user, so an empty list is always one of a filter. */}
      <Paged query={query} empty={<p>{t("user.noneFound")}</p>}>
        {(users) => (
          <ListTable
            label={t("page.users")}
            rows={users}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ userId }) => userId}
          />
        )}
      </Paged>
      {isInviting && <InviteUser onClose={() => setInviting(false)} />}
    </>
  );
}

function useColumns(): Column<User>[] {
  const t = useTranslations();
  const format = useFormat();
  const titleOf = useRoleTitle();
  return [
    {
      name: "name",
      title: t("person.name"),
      className: "cell-person",
      renderCell: ({ userId, name, email }) => (
        <>
          <Link to={paths.user} params={{ userId }} data-row>
            {name}
          </Link>
          <span className="address">{email}</span>
        </>
      ),
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => <UserStateMark state={state} />,
    },
    {
      name: "roles",
      title: t("user.roles"),
      renderCell: ({ roles }) => roles.map(titleOf).join(", ") || t("person.noRole"),
    },
    {
      name: "department",
      title: t("user.department"),
      isWide: true,
      renderCell: ({ departmentName }) => departmentName ?? "–",
    },
    {
      name: "twoStep",
      title: t("profile.twoStep"),
      isWide: true,
      renderCell: ({ hasTotp }) => t(hasTotp ? "twoStep.on" : "twoStep.off"),
    },
    {
      name: "lastSeen",
      title: t("session.lastSeen"),
      className: "moment",
      renderCell: ({ lastSeenTime }) =>
        lastSeenTime === null ? t("user.neverSeen") : format.siteTime(lastSeenTime, "dayMinute"),
    },
  ];
}
