import type { StoredItem } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { itemQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { ItemMaster } from "../../forms/engineering/item-master.tsx";
import { ItemRouting } from "../../forms/engineering/item-routing.tsx";
import { ItemPolicyForm } from "../../forms/planning/item-policy.tsx";
import { PrintLabels } from "../../forms/warehouse/print-labels.tsx";
import { AttachmentList } from "../../panels/attachments/attachment-list.tsx";
import { Revisions } from "../../panels/bom/revisions.tsx";
import { WhereUsedList } from "../../panels/bom/where-used-list.tsx";
import { KindMark } from "../../panels/items/kind-mark.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type ItemTab, itemTabs } from "./item-filter.ts";

/** One item: what it is, how it is made, what it consists of and what needs it. */
export function ItemPage() {
  const { itemId } = useParams({ from: paths.item });
  const { tab = "master" } = useSearch({ from: paths.item });
  const query = useQuery(itemQuery(itemId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={160} />}>
      {(item) => <ItemView item={item} tab={tab} />}
    </Loaded>
  );
}

function ItemView({ item, tab }: { item: StoredItem; tab: ItemTab }) {
  const t = useTranslations();
  const may = useMay();
  const { itemId } = item;
  const tabs = itemTabs.filter((one) => {
    if (one === "planning") return may("demand:read");
    if (one === "revisions") return may("bom:read") && item.kind !== "buy";
    return one !== "whereUsed" || may("bom:read");
  });
  // Another version is another edit to begin; so what was typed goes when somebody else saved.
  const version = `${itemId} ${item.version}`;
  return (
    <>
      <Link to={paths.items} className="back">
        ← {t("page.items")}
      </Link>
      <PageHead title={item.number} beside={<KindMark kind={item.kind} />}>
        <p className="head-name">{item.name}</p>
        <div className="head-buttons">
          {may("stock:read") && (
            <Link to={paths.stock} search={{ itemId }} className="button">
              {t("page.stock")}
            </Link>
          )}
          {may("stock:read") && <PrintLabels labels={[{ of: "item", itemId }]} />}
          {may("bom:read") && item.kind !== "buy" && (
            <Link to={paths.bom} params={{ itemId }} className="button button-main">
              {t("items.openBom")}
            </Link>
          )}
        </div>
      </PageHead>
      <nav className="tabs" aria-label={t("items.parts")}>
        {tabs.map((one) => (
          <Link
            key={one}
            to={paths.item}
            params={{ itemId }}
            search={{ tab: one }}
            className="tab"
            aria-current={one === tab ? "page" : undefined}
          >
            {t(`items.tab.${one}`)}
          </Link>
        ))}
      </nav>
      <Panel title={t(`items.tab.${tab}`)}>
        {tab === "master" && <ItemMaster key={version} item={item} />}
        {tab === "routing" && <ItemRouting key={version} item={item} />}
        {tab === "revisions" && <Revisions item={item} />}
        {tab === "planning" && <ItemPolicyForm key={itemId} itemId={itemId} />}
        {tab === "whereUsed" && <WhereUsedList item={item} />}
      </Panel>
      {tab === "master" && <AttachmentList item={item} />}
    </>
  );
}
