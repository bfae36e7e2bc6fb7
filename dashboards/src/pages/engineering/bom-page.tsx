import type { Bom, StoredItem } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import {
  bomQuery,
  bomTreeQuery,
  engineeringKeys,
  itemQuery,
  revisionsQuery,
} from "../../api/engineering-queries.ts";
import type { BomHead } from "../../api/engineering-shapes.ts";
import { useMay } from "../../api/identity-queries.ts";
import { ApproveBom } from "../../forms/engineering/approve-bom.tsx";
import { DraftBom } from "../../forms/engineering/draft-bom.tsx";
import { decimalPattern } from "../../forms/engineering/item-fields.tsx";
import { RollUpCosts } from "../../forms/engineering/roll-up-costs.tsx";
import { decimal } from "../../forms/engineering/item-input.ts";
import { useSettled } from "../../forms/item-picker.tsx";
import { BomStateMark } from "../../panels/bom/bom-state-mark.tsx";
import { BomTreeView } from "../../panels/bom/bom-tree.tsx";
import { Comparison } from "../../panels/bom/comparison.tsx";
import { DraftEditor } from "../../panels/bom/draft-editor.tsx";
import { LineTable } from "../../panels/bom/line-table.tsx";
import { FileMenu } from "../../panels/lists/list-files.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import type { BomSearch } from "./bom-search.ts";

/** The bill of materials of an item: its tree, the lines of a revision, two revisions beside each other. */
export function BomPage() {
  const { itemId } = useParams({ from: paths.bom });
  const item = useQuery(itemQuery(itemId));
  const revisions = useQuery(revisionsQuery(itemId));
  return (
    <Loaded query={item} skeleton={<Skeleton count={10} height={36} />}>
      {(item) => (
        <Loaded query={revisions} skeleton={<Skeleton count={10} height={36} />}>
          {({ rows }) => <BomView key={item.itemId} item={item} revisions={rows} />}
        </Loaded>
      )}
    </Loaded>
  );
}

function BomView({ item, revisions }: { item: StoredItem; revisions: readonly BomHead[] }) {
  const t = useTranslations();
  const navigate = useNavigate();
  const may = useMay();
  const format = useFormat();
  const asked: BomSearch = useSearch({ from: paths.bom });
  const [open, setOpen] = useState<"draft" | "approve" | null>(null);
  const today = format.today();
  const head =
    revisions.find(({ bomId }) => bomId === asked.bomId) ??
    revisions.find((one) => isEffective(one, today)) ??
    revisions[0];
  const view = asked.view ?? "tree";
  const { itemId } = item;
  const { data: bom } = useQuery({ ...bomQuery(head?.bomId ?? ""), enabled: head !== undefined });
  const show = (next: BomSearch) =>
    void navigate({ to: paths.bom, params: { itemId }, search: next, replace: true });
  return (
    <>
      <Link to={paths.item} params={{ itemId }} className="back">
        ← {item.number}
      </Link>
      <PageHead
        title={t("bom.title", { item: item.number })}
        {...(head !== undefined && { beside: <BomStateMark state={head.state} /> })}
      >
        <div className="head-buttons">
          <select
            className="select select-revision"
            aria-label={t("bom.revision")}
            value={head?.bomId ?? ""}
            onChange={(event) => show({ ...asked, bomId: event.target.value })}
          >
            {head === undefined && <option value="">{t("bom.noRevision")}</option>}
            {revisions.map((one) => (
              <option key={one.bomId} value={one.bomId}>
                {one.revision} · {t(`bomState.${one.state}`)}
                {one.from !== null && ` · ${format.day(one.from)}`}
              </option>
            ))}
          </select>
          <FileMenu
            title={t("bom.linesFile")}
            path="/api/bom-lines"
            filter={{ product: item.number }}
            importKey={may("bom:draft") ? engineeringKeys.boms : null}
          />
          {may("bom:draft") && (
            <button type="button" className="button" onClick={() => setOpen("draft")}>
              <Icon name="add" size={16} /> {t("bom.newRevision")}
            </button>
          )}
          {head?.state === "draft" && may("bom:approve") && (
            <button type="button" className="button button-main" onClick={() => setOpen("approve")}>
              <Icon name="check" size={16} /> {t("bom.approve")}
            </button>
          )}
        </div>
      </PageHead>
      {head === undefined ? (
        <div className="empty">
          <p>{t("bom.noRevision")}</p>
        </div>
      ) : (
        <>
          <nav className="tabs" aria-label={t("items.parts")}>
            {(["tree", "lines", "compare"] as const).map((one) => (
              <Link
                key={one}
                to={paths.bom}
                params={{ itemId }}
                search={{ ...asked, view: one }}
                replace
                className="tab"
                aria-current={one === view ? "page" : undefined}
              >
                {t(one === "lines" && head.state === "draft" ? "bom.view.edit" : `bom.view.${one}`)}
              </Link>
            ))}
          </nav>
          {view === "tree" && <Tree key={head.bomId} item={item} bomId={head.bomId} />}
          {view === "lines" && bom !== undefined && <Lines bom={bom} />}
          {view === "compare" && (
            <Compare
              head={head}
              revisions={revisions}
              other={asked.with ?? ""}
              onOther={(other) => show({ ...asked, with: other })}
            />
          )}
        </>
      )}
      {open === "draft" && (
        <DraftBom item={item} copiedId={head?.bomId ?? ""} onClose={() => setOpen(null)} />
      )}
      {open === "approve" && bom !== undefined && (
        <ApproveBom bom={bom} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

/** Days as text order as days do. */
function isEffective({ state, from, to }: BomHead, day: string): boolean {
  return state === "approved" && from !== null && from <= day && (to === null || to > day);
}

function Tree({ item, bomId }: { item: StoredItem; bomId: string }) {
  const t = useTranslations();
  const format = useFormat();
  const [quantity, setQuantity] = useState("1");
  const [search, setSearch] = useState("");
  const isQuantity =
    new RegExp(`^${decimalPattern}$`).test(quantity) && Number(decimal(quantity)) > 0;
  const settled = useSettled(isQuantity ? decimal(quantity) : "1");
  const query = useQuery(bomTreeQuery(item.itemId, { bomId, quantity: settled }));
  return (
    <section className="bom" aria-label={t("bom.tree")}>
      <div className="bom-tools">
        <span className="search">
          <Icon name="search" size={16} />
          <input
            type="search"
            aria-label={t("bom.search")}
            placeholder={t("bom.search")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </span>
        <label className="draft-quantity">
          {t("bom.forQuantity")}
          <input
            className="input input-short"
            inputMode="decimal"
            aria-invalid={!isQuantity}
            value={quantity}
            onChange={(event) => setQuantity(event.target.value)}
          />
          <span className="unit">{item.uom}</span>
        </label>
        <RollUpCosts />
      </div>
      <Loaded query={query} skeleton={<Skeleton count={12} height={36} />}>
        {(tree) => (
          <>
            <Totals cost={tree.rows[0]?.cost ?? null} quantity={settled} uom={item.uom} />
            {tree.unpriced.length > 0 && (
              <div className="notice bom-unpriced">
                {t("bom.unpriced", { count: tree.unpriced.length })}
                <ul>
                  {tree.unpriced.slice(0, unpricedMax).map(({ itemId, itemNumber }) => (
                    <li key={itemId}>
                      <Link to={paths.item} params={{ itemId }}>
                        {itemNumber}
                      </Link>
                    </li>
                  ))}
                  {tree.unpriced.length > unpricedMax && (
                    <li>{t("bom.andMore", { count: tree.unpriced.length - unpricedMax })}</li>
                  )}
                </ul>
              </div>
            )}
            {tree.isCut && <p className="notice">{t("bom.cut")}</p>}
            <BomTreeView tree={tree} search={search} />
          </>
        )}
      </Loaded>
      <p className="visually-hidden" aria-live="polite">
        {query.isFetching ? t("value.loading") : format.quantity(settled)}
      </p>
    </section>
  );
}

const unpricedMax = 12;

function Totals({ cost, quantity, uom }: { cost: string | null; quantity: string; uom: string }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <p className="bom-total">
      {t("bom.total", { quantity: format.quantity(quantity), uom })}{" "}
      {cost === null ? (
        <b className="unknown">{t("items.costUnknown")}</b>
      ) : (
        <b>{format.money(cost)}</b>
      )}
    </p>
  );
}

function Lines({ bom }: { bom: Bom }) {
  const mayDraft = useMay()("bom:draft");
  // Another version is another edit to begin.
  const version = `${bom.bomId} ${bom.version}`;
  if (bom.state === "draft" && mayDraft) return <DraftEditor key={version} bom={bom} />;
  return <LineTable bom={bom} />;
}

function Compare({
  head,
  revisions,
  other,
  onOther,
}: {
  head: BomHead;
  revisions: readonly BomHead[];
  other: string;
  onOther: (bomId: string) => void;
}) {
  const t = useTranslations();
  const others = revisions.filter(({ bomId }) => bomId !== head.bomId);
  const chosen = others.find(({ bomId }) => bomId === other) ?? others[0];
  if (chosen === undefined) return <p className="none">{t("bom.nothingToCompare")}</p>;
  return (
    <>
      <label className="draft-quantity">
        {t("bom.changesFrom")}
        <select
          className="select select-revision"
          value={chosen.bomId}
          onChange={(event) => onOther(event.target.value)}
        >
          {others.map((one) => (
            <option key={one.bomId} value={one.bomId}>
              {one.revision} · {t(`bomState.${one.state}`)}
            </option>
          ))}
        </select>
        {t("bom.changesTo", { revision: head.revision })}
      </label>
      <Comparison beforeId={chosen.bomId} afterId={head.bomId} />
    </>
  );
}
