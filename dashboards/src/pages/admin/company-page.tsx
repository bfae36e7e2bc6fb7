import type { Department } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { companyQuery, departmentsQuery, useMay } from "../../api/identity-queries.ts";
import type { Company } from "../../api/identity-shapes.ts";
import { AddSite } from "../../forms/admin/add-site.tsx";
import { RenameCompany } from "../../forms/admin/rename-company.tsx";
import { EditDepartment } from "../../forms/admin/edit-department.tsx";
import { FileMenu } from "../../panels/lists/list-files.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { departmentTree } from "../../panels/people/department-tree.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";

/** The company, its sites and its departments. */
export function CompanyPage() {
  const t = useTranslations();
  const query = useQuery(companyQuery);
  const may = useMay();
  const mayReadDepartments = may("department:read");
  const mayChange = may("company:change");
  const [isRenaming, setRenaming] = useState(false);
  return (
    <Loaded query={query} skeleton={<Skeleton count={2} height={200} />}>
      {(company) => (
        <>
          <PageHead
            title={t("page.company")}
            beside={<span className="company-name">{company.name}</span>}
          >
            {mayChange && (
              <button type="button" className="button" onClick={() => setRenaming(true)}>
                {t("company.rename")}
              </button>
            )}
          </PageHead>
          {isRenaming && <RenameCompany company={company} onClose={() => setRenaming(false)} />}
          <Sites company={company} />
          {mayReadDepartments && <Departments company={company} />}
        </>
      )}
    </Loaded>
  );
}

function Sites({ company }: { company: Company }) {
  const t = useTranslations();
  const mayChange = useMay()("company:change");
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={t("site.title")}
      actions={
        mayChange && (
          <button type="button" className="button" onClick={() => setAdding(true)}>
            <Icon name="add" size={16} /> {t("site.add")}
          </button>
        )
      }
    >
      <div className="table-frame">
        <table className="table" aria-label={t("site.title")}>
          <thead>
            <tr>
              <th>{t("site.name")}</th>
              <th>{t("timeZone.label")}</th>
              <th>{t("site.dayStart")}</th>
              <th>{t("site.groupId")}</th>
            </tr>
          </thead>
          <tbody>
            {company.sites.map((site) => (
              <tr key={site.siteId}>
                <th scope="row">{site.name}</th>
                <td>{site.timeZone}</td>
                <td>{site.dayStart}</td>
                <td>{site.groupId}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isAdding && <AddSite onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Departments({ company }: { company: Company }) {
  const t = useTranslations();
  const query = useQuery(departmentsQuery);
  const mayChange = useMay()("department:change");
  const [edited, setEdited] = useState<Department | "new" | null>(null);
  return (
    <Panel
      title={t("department.title")}
      actions={
        <>
          <FileMenu title={t("department.title")} path="/api/admin/departments" />
          {mayChange && (
            <button type="button" className="button" onClick={() => setEdited("new")}>
              <Icon name="add" size={16} /> {t("department.add")}
            </button>
          )}
        </>
      }
    >
      <Loaded query={query} skeleton={<Skeleton count={3} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("department.none")}</p>
          ) : (
            <ul className="departments" aria-label={t("department.title")}>
              {departmentTree(rows).map(({ department, depth }) => (
                <li key={department.departmentId} style={{ paddingLeft: depth * 24 }}>
                  <span>
                    {depth > 0 && <Icon name="inherited" size={14} />} {department.name}
                    <span className="unit"> {siteOf(department, company)}</span>
                  </span>
                  {mayChange && (
                    <button
                      type="button"
                      className="button button-small"
                      aria-label={t("department.edit", { name: department.name })}
                      onClick={() => setEdited(department)}
                    >
                      {t("action.edit")}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited !== null && (
        <EditDepartment
          department={edited === "new" ? null : edited}
          sites={company.sites}
          onClose={() => setEdited(null)}
        />
      )}
    </Panel>
  );
}

function siteOf({ siteId }: Department, { sites }: Company): string {
  return sites.find((site) => site.siteId === siteId)?.name ?? "";
}
