import type { Bom } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useReducer, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys } from "../../api/engineering-queries.ts";
import type { BomInput } from "../../api/engineering-shapes.ts";
import { decimalPattern } from "../../forms/engineering/item-fields.tsx";
import { SaveBar } from "../../forms/engineering/save-bar.tsx";
import { ItemPicker } from "../../forms/item-picker.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useRowHeight } from "../../ui/use-row-height.ts";
import { useSave } from "../../ui/use-save.ts";
import { scrollToRow, useWindow } from "../../ui/use-window.ts";
import { ByProductsEditor } from "./by-products.tsx";
import { DraftLineRow } from "./draft-line-row.tsx";
import { type DraftLine, draftInput, edit, openDraft, positionsOf } from "./draft-edits.ts";
import { LineDetailsForm } from "./line-details.tsx";
import { namedPart } from "./named-part.ts";

/**
 * The lines of a draft, edited in place: fields, order (by its handle, or Alt with the arrows), new ones
 * by search, undo and redo. Nothing is stored until Save, which works on the version that was read.
 */
export function DraftEditor({ bom }: { bom: Bom }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [edits, act] = useReducer(edit, bom, openDraft);
  const frame = useRef<HTMLTableElement>(null);
  const rowHeight = useRowHeight() + 8;
  const { lines } = edits.present;
  const { first, end, above, below } = useWindow(frame, { count: lines.length, rowHeight });
  const [dragged, setDragged] = useState<number | null>(null);
  const [detailed, setDetailed] = useState<DraftLine | null>(null);
  const positions = positionsOf(lines);
  const save = useSave<BomInput, Bom>("PUT", () => `/api/boms/${encodeURIComponent(bom.bomId)}`, {
    body: (asked) => asked,
    version: () => bom.version,
    onSuccess: async (saved) => {
      client.setQueryData(engineeringKeys.bom(saved.bomId), saved);
      await client.invalidateQueries({ queryKey: engineeringKeys.boms });
    },
  });
  const isChanged = edits.present !== edits.past[0] && edits.past.length > 0;

  const moveTo = (line: DraftLine, to: number) => {
    act({ do: "move", key: line.key, to });
    if (frame.current === null) return;
    const place = Math.max(0, Math.min(lines.length - 1, to));
    scrollToRow(frame.current, place, { rowHeight, headHeight });
  };
  const press = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const isRedo = key === "y" || (key === "z" && event.shiftKey);
    if (key !== "z" && !isRedo) return;
    // The browser's own undo knows one field only, and would fight ours.
    event.preventDefault();
    act({ do: isRedo ? "redo" : "undo" });
  };
  return (
    <>
      {/* Keys bubble up from the fields inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form
        className="draft"
        aria-label={t("bom.lines")}
        onKeyDown={press}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(draftInput(bom, edits.present));
        }}
      >
        <div className="draft-tools">
          <label className="draft-quantity">
            {t("bom.linesFor")}
            <input
              className="input input-short"
              inputMode="decimal"
              required
              pattern={decimalPattern}
              value={edits.present.quantity}
              onBlur={() => act({ do: "pause" })}
              onChange={(event) => act({ do: "quantity", quantity: event.target.value })}
            />
            <span className="unit">{bom.itemUom}</span>
          </label>
          <button
            type="button"
            className="button button-small"
            disabled={edits.past.length === 0}
            onClick={() => act({ do: "undo" })}
          >
            <Icon name="undo" size={16} /> {t("bom.undo")}
          </button>
          <button
            type="button"
            className="button button-small"
            disabled={edits.future.length === 0}
            onClick={() => act({ do: "redo" })}
          >
            <Icon name="redo" size={16} /> {t("bom.redo")}
          </button>
          <span className="hint">{t("bom.editKeys")}</span>
        </div>
        <table ref={frame} className="draft-lines" aria-label={t("bom.lines")}>
          <thead>
            <tr className="draft-line draft-head">
              {(["position", "item", "quantity", "unit", "scrap", "note"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`bom.line.${name}`)}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">{t("bom.remove")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <tr aria-hidden="true" className="tree-space" style={{ height: above }} />
            {lines.slice(first, end).map((line, index) => (
              <DraftLineRow
                key={line.key}
                line={line}
                place={first + index}
                position={positions[first + index] ?? 0}
                height={rowHeight}
                isDragged={dragged === line.key}
                onEdit={act}
                onMove={(to) => moveTo(line, to)}
                onDrag={(isDragged) => setDragged(isDragged ? line.key : null)}
                onDetails={() => setDetailed(line)}
              />
            ))}
            <tr aria-hidden="true" className="tree-space" style={{ height: below }} />
          </tbody>
        </table>
        {lines.length === 0 && <p className="none">{t("bom.noLines")}</p>}
        <ItemPicker
          label={t("bom.addComponent")}
          picked={null}
          without={[bom.itemId]}
          onPick={(item) => {
            if (item === null) return;
            act({
              do: "add",
              line: {
                ...namedPart(item),
                scrapPercent: "0",
                from: null,
                to: null,
                consumption: "flexible",
                step: null,
                alternates: [],
                note: "",
              },
            });
            // Below the last line, once it is drawn.
            requestAnimationFrame(() => {
              frame.current?.scrollTo({ top: frame.current.scrollHeight });
            });
          }}
        />
        <ByProductsEditor
          byProducts={edits.present.byProducts}
          productId={bom.itemId}
          onChange={(byProducts) => act({ do: "byProducts", byProducts })}
        />
        <SaveBar
          isChanged={isChanged}
          isPending={save.isPending}
          error={save.error}
          onDiscard={() => {
            save.reset();
            undoAll(act, edits.past.length);
          }}
          onLookAgain={() => void client.invalidateQueries({ queryKey: engineeringKeys.boms })}
        />
      </form>
      {detailed !== null && (
        // Beside the form: React's events bubble from a dialog to the form it is written in.
        <LineDetailsForm
          bom={bom}
          line={detailed}
          onSave={(details) => act({ do: "details", key: detailed.key, details })}
          onClose={() => setDetailed(null)}
        />
      )}
    </>
  );
}

/** Discarding is undoing all of it: it can be brought back. */
function undoAll(act: (asked: { do: "undo" }) => void, steps: number): void {
  for (let step = 0; step < steps; step += 1) act({ do: "undo" });
}

const headHeight = 34;
