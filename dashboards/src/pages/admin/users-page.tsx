import type { User } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { type UserFilter, useMay, usersQuery } from "../../api/identity-queries.ts";
import { useRoleTitle, useRoles } from "../../api/use-roles.ts";
import { InviteUser } from "../../forms/admin/invite-user.tsx";
import { FilterSelect } from "../../panels/lists/filter-select.tsx";
import { ListPage } from "../../panels/lists/list-page.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
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
  const roles = useRoles();
  const mayInvite = useMay()("user:change");
  const [isInviting, setInviting] = useState(false);
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.users, search: readUserFilter(asked), replace: true });
  return (
    <>
      <ListPage
        name="users"
        title={t("page.users")}
        to={paths.users}
        filter={filter}
        onFilter={show}
        searchLabel={t("user.search")}
        filters={
          <>
            <FilterSelect
              label={t("user.stateFilter")}
              all={t("workOrder.allStates")}
              value={filter.state}
              options={userStates.map((value) => ({ value, title: t(`userState.${value}`) }))}
              onChoose={(state) => show({ ...filter, state })}
            />
            <FilterSelect
              label={t("user.roleFilter")}
              all={t("user.allRoles")}
              value={filter.role}
              options={roles.map(({ role, title }) => ({ value: role, title }))}
              className="select select-role"
              onChoose={(role) => show({ ...filter, role })}
            />
          </>
        }
        query={query}
        columns={columns}
        keyOf={({ userId }) => userId}
        files={{ path: "/api/admin/users" }}
        // Whoever reads this is a user, so an empty list is always one of a filter.
        empty={t("user.noneFound")}
        action={
          mayInvite && (
            <button type="button" className="button button-main" onClick={() => setInviting(true)}>
              <Icon name="add" size={16} /> {t("user.invite")}
            </button>
          )
        }
      />
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
