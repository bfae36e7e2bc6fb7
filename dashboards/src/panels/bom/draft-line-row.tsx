import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useTranslations } from "use-intl";

import { decimalPattern } from "../../forms/engineering/item-fields.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { DraftLine, Edit, LineField } from "./draft-edits.ts";
import { UnitSelect } from "./unit-select.tsx";

/** One line of a draft: its handle and its fields. */
export function DraftLineRow({
  line,
  place,
  position,
  height,
  isDragged,
  onEdit,
  onMove,
  onDrag,
  onDetails,
}: {
  line: DraftLine;
  place: number;
  position: number;
  height: number;
  isDragged: boolean;
  onEdit: (edit: Edit) => void;
  onMove: (to: number) => void;
  onDrag: (isDragged: boolean) => void;
  onDetails: () => void;
}) {
  const t = useTranslations();
  const drag = useRef<{ y: number; place: number } | null>(null);
  const { itemNumber, itemName, key } = line;
  const field = (name: LineField, words: string, pattern?: string) => (
    <td className={name === "note" ? "draft-note" : undefined}>
      <input
        className="input"
        aria-label={`${words}, ${itemNumber}`}
        {...(pattern !== undefined && { inputMode: "decimal", pattern, required: true })}
        maxLength={name === "note" ? 500 : 22}
        value={line[name]}
        onBlur={() => onEdit({ do: "pause" })}
        onChange={(event) => onEdit({ do: "field", key, field: name, value: event.target.value })}
      />
    </td>
  );
  const press = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !event.altKey) return;
    event.preventDefault();
    onMove(place + step);
  };
  // Pointer events, because a finger drags too.
  const take = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { y: event.clientY, place };
    onDrag(true);
  };
  const carry = (event: PointerEvent) => {
    if (drag.current === null) return;
    const to = drag.current.place + Math.round((event.clientY - drag.current.y) / height);
    if (to !== place) onMove(to);
  };
  const drop = () => {
    drag.current = null;
    onDrag(false);
  };
  return (
    // Keys bubble up from the fields inside.
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
    <tr
      className="draft-line"
      data-dragged={isDragged || undefined}
      style={{ height }}
      onKeyDown={press}
    >
      <td className="draft-position">
        <button
          type="button"
          className="draft-handle"
          aria-label={t("bom.move", { item: itemNumber, position })}
          title={t("bom.moveHint")}
          onPointerDown={take}
          onPointerMove={carry}
          onPointerUp={drop}
          onPointerCancel={drop}
        >
          <Icon name="grip" size={16} />
        </button>
        {position}
      </td>
      <td className="draft-item" title={itemName}>
        <b>{itemNumber}</b> <span className="unit">{itemName}</span>
        {line.alternates.length > 0 && (
          <span className="tag">{t("bom.alternateCount", { count: line.alternates.length })}</span>
        )}
      </td>
      {field("quantity", t("bom.line.quantity"), decimalPattern)}
      <td>
        <UnitSelect
          label={`${t("bom.line.unit")}, ${itemNumber}`}
          value={line.uom}
          onChange={(value) => onEdit({ do: "field", key, field: "uom", value })}
        />
      </td>
      {field("scrapPercent", t("bom.line.scrap"), "\\s*\\d{1,4}([.,]\\d{1,4})?\\s*")}
      {field("note", t("bom.line.note"))}
      <td className="draft-buttons">
        <button
          type="button"
          className="icon-button"
          aria-label={t("bom.detailsOf", { item: itemNumber })}
          title={t("bom.details")}
          onClick={onDetails}
        >
          <Icon name="setup" size={16} />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t("bom.removeLine", { item: itemNumber, position })}
          onClick={() => onEdit({ do: "remove", key })}
        >
          <Icon name="close" size={16} />
        </button>
      </td>
    </tr>
  );
}
