import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { catalogueQuery, policyQuery } from "../../api/identity-queries.ts";
import { PolicyEditor } from "../../panels/access/policy-editor.tsx";
import { WhyRefused } from "../../panels/access/why-refused.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import "../../ui/access.css";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import type { AccessSearch } from "./access-search.ts";

/** Who may do what: the roles and their rules, and why somebody was refused. */
export function AccessPage() {
  const t = useTranslations();
  const search: AccessSearch = useSearch({ from: paths.access });
  const catalogue = useQuery(catalogueQuery);
  const policy = useQuery(policyQuery);
  return (
    <>
      <PageHead title={t("page.access")}>
        <nav className="segments" aria-label={t("page.access")}>
          <Link to={paths.access} activeOptions={{ exact: true }} search={{}}>
            {t("access.matrix")}
          </Link>
          <Link to={paths.access} search={{ view: "why" }}>
            {t("access.why")}
          </Link>
        </nav>
      </PageHead>
      <Loaded query={catalogue} skeleton={<Skeleton count={8} height={44} />}>
        {(catalogue) =>
          search.view === "why" ? (
            <WhyRefused catalogue={catalogue} asked={search} />
          ) : (
            <Loaded query={policy} skeleton={<Skeleton count={8} height={44} />}>
              {(policy) => <PolicyEditor catalogue={catalogue} policy={policy} />}
            </Loaded>
          )
        }
      </Loaded>
    </>
  );
}
