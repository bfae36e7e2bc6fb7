// A treegrid is a table that one walks in; there is no tag for it.
/* oxlint-disable jsx-a11y/no-noninteractive-element-to-interactive-role */
import type { BomTree } from "../../api/engineering-shapes.ts";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { scrollToRow, useWindow } from "../../ui/use-window.ts";
import { useRowHeight } from "../../ui/use-row-height.ts";
import { closedFrom, parentOf, shownRows, type TreeNode } from "./tree.ts";
import { Quantity } from "../../ui/quantity.tsx";

/**
 * What a product consists of over all levels, with costs and free stock. One tab stop: arrows walk, open
 * and close (WAI-ARIA treegrid), Enter goes to the item. Only rows in view are drawn.
 */
export function BomTreeView({ tree, search }: { tree: BomTree; search: string }) {
  const t = useTranslations();
  const frame = useRef<HTMLTableElement>(null);
  const rowHeight = useRowHeight();
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [current, setCurrent] = useState(0);
  const { rows } = tree;
  const shown = useMemo(() => shownRows(rows, { closed, search }), [rows, closed, search]);
  const { first, end, above, below } = useWindow(frame, { count: shown.length, rowHeight });
  const place = Math.max(
    0,
    shown.findIndex(({ at }) => at === current),
  );
  const deepest = useMemo(() => Math.max(0, ...rows.map(({ level }) => level)), [rows]);

  const toggle = (at: number, isOpen: boolean) => {
    const next = new Set(closed);
    if (isOpen) next.delete(at);
    else next.add(at);
    setClosed(next);
  };
  const go = (index: number) => {
    const node = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (node === undefined || frame.current === null) return;
    setCurrent(node.at);
    scrollToRow(frame.current, shown.indexOf(node), { rowHeight, headHeight });
  };
  const press = (event: KeyboardEvent) => {
    const node = shown[place];
    if (node === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 2);
    const target = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    if (target !== undefined) go(target);
    else if (event.key === "ArrowRight" && node.hasChildren && !node.isOpen) toggle(node.at, true);
    else if (event.key === "ArrowRight" && node.hasChildren) go(place + 1);
    else if (event.key === "ArrowLeft" && node.hasChildren && node.isOpen && search === "") {
      toggle(node.at, false);
    } else if (event.key === "ArrowLeft") {
      const parent = parentOf(rows, node.at);
      if (parent !== -1) go(shown.findIndex(({ at }) => at === parent));
    } else if (event.key === "Enter") {
      frame.current?.querySelector<HTMLElement>(`#row-${node.at} a`)?.click();
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <fieldset className="tree-levels" aria-label={t("bom.levels")}>
        <button type="button" className="button button-small" onClick={() => setClosed(new Set())}>
          {t("bom.expandAll")}
        </button>
        {Array.from({ length: Math.min(deepest, levelButtonsMax) }, (_, index) => index + 1).map(
          (level) => (
            <button
              key={level}
              type="button"
              className="button button-small"
              onClick={() => setClosed(closedFrom(rows, level))}
            >
              {t("bom.toLevel", { level })}
            </button>
          ),
        )}
        <output className="hint">{t("bom.rows", { shown: shown.length, all: rows.length })}</output>
      </fieldset>
      <table
        ref={frame}
        className="bom-tree"
        role="treegrid"
        tabIndex={0}
        aria-label={t("bom.tree")}
        aria-rowcount={shown.length + 1}
        aria-activedescendant={shown.length > 0 ? `row-${shown[place]?.at}` : undefined}
        onKeyDown={press}
      >
        <thead>
          <tr className="tree-row tree-head" aria-rowindex={1}>
            <th scope="col">{t("column.item")}</th>
            <th scope="col" className="tree-rev">
              {t("bom.revision")}
            </th>
            <th scope="col" className="tree-figure tree-per">
              {t("bom.perAbove")}
            </th>
            <th scope="col" className="tree-figure">
              {t("bom.needed")}
            </th>
            <th scope="col" className="tree-figure">
              {t("bom.free")}
            </th>
            <th scope="col" className="tree-figure tree-unit-cost">
              {t("bom.unitCost")}
            </th>
            <th scope="col" className="tree-figure">
              {t("bom.cost")}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr aria-hidden="true" className="tree-space" style={{ height: above }} />
          {shown.slice(first, end).map((node, index) => (
            <TreeRow
              key={node.at}
              node={node}
              place={first + index}
              isCurrent={node.at === shown[place]?.at}
              height={rowHeight}
              onToggle={() => {
                setCurrent(node.at);
                if (search === "") toggle(node.at, !node.isOpen);
              }}
              onCurrent={() => setCurrent(node.at)}
            />
          ))}
          <tr aria-hidden="true" className="tree-space" style={{ height: below }} />
        </tbody>
      </table>
      {shown.length === 0 && <p className="none">{t("bom.noneFound")}</p>}
    </>
  );
}

const headHeight = 34;
/** Deeper structures are rare; from there on one opens by hand. */
const levelButtonsMax = 5;

function TreeRow({
  node,
  place,
  isCurrent,
  height,
  onToggle,
  onCurrent,
}: {
  node: TreeNode;
  place: number;
  isCurrent: boolean;
  height: number;
  onToggle: () => void;
  onCurrent: () => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const { at, row, hasChildren, isOpen, isHit } = node;
  // Widths of bars only: which is more is decided on exact text elsewhere; here it colours a figure.
  const isShort = Number(row.available) < Number(row.quantity) && row.level > 0;
  return (
    // The keys of a row are those of the tree.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <tr
      id={`row-${at}`}
      className="tree-row"
      aria-level={row.level + 1}
      aria-rowindex={place + 2}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isCurrent}
      data-hit={isHit || undefined}
      style={{ height }}
      onClick={onCurrent}
    >
      <td
        className="tree-item"
        style={{ paddingLeft: row.level * indentPx }}
        title={`${row.itemNumber} ${row.itemName}`}
      >
        {hasChildren ? (
          <button
            type="button"
            className="tree-toggle"
            tabIndex={-1}
            aria-label={t(isOpen ? "bom.close" : "bom.open", { item: row.itemNumber })}
            data-open={isOpen}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <Icon name="chevron" size={16} />
          </button>
        ) : (
          <span className="tree-toggle" />
        )}
        <Link to={paths.item} params={{ itemId: row.itemId }} tabIndex={-1}>
          {row.itemNumber}
        </Link>
        <span className="tree-name">{row.itemName}</span>
        {row.itemKind === "phantom" && <span className="tag">{t("itemKind.phantom")}</span>}
        {row.hasAlternates && <span className="tag">{t("bom.hasAlternates")}</span>}
      </td>
      <td className="tree-rev">{row.revision ?? ""}</td>
      <td className="tree-figure tree-per">
        <Quantity value={trimmed(row.quantityPer)} uom={row.uom} />
      </td>
      <td className="tree-figure">
        <Quantity value={trimmed(row.quantity)} uom={row.uom} />
      </td>
      <td className="tree-figure" data-short={isShort || undefined}>
        {isShort && <Icon name="late" size={16} />} {format.quantity(trimmed(row.available))}
      </td>
      <td className="tree-figure tree-unit-cost">
        {row.unitCost === null ? <Unknown /> : format.money(row.unitCost)}
      </td>
      <td className="tree-figure tree-cost">
        {row.cost === null ? <Unknown /> : format.money(row.cost)}
      </td>
    </tr>
  );
}

function Unknown() {
  const t = useTranslations();
  return (
    <span className="unknown" title={t("items.costUnknown")}>
      ?
    </span>
  );
}

const indentPx = 20;

/** Zeros that only fill up the digits of storage say nothing in a dense table. */
function trimmed(quantity: string): string {
  return quantity.includes(".") ? quantity.replace(/\.?0+$/, "") : quantity;
}
