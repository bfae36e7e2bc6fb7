import type { Calendar } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { Icon } from "../../ui/icon.tsx";

type Shift = Calendar["weekdays"][number]["shifts"][number];

/** One shift of a day with its breaks, in one line. An end at or before the start is on the next day. */
export function ShiftFields({
  shift,
  onChange,
  onRemove,
}: {
  shift: Shift;
  onChange: (shift: Shift) => void;
  onRemove: () => void;
}) {
  const t = useTranslations();
  const { name, breaks } = shift;
  return (
    <div className="shift">
      <input
        className="input shift-name"
        aria-label={t("calendar.shiftName")}
        placeholder={t("calendar.shiftName")}
        required
        maxLength={50}
        value={name}
        onChange={(event) => onChange({ ...shift, name: event.target.value })}
      />
      <Span of={name} span={shift} onChange={(span) => onChange({ ...shift, ...span })} />
      {breaks.map((one, index) => (
        // Breaks have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className="shift-break">
          {t("calendar.addBreak")}
          <Span
            of={`${name}, ${t("calendar.addBreak")} ${index + 1}`}
            span={one}
            onChange={(span) => onChange({ ...shift, breaks: breaks.with(index, span) })}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("calendar.removeBreak", { number: index + 1, name })}
            onClick={() => onChange({ ...shift, breaks: breaks.toSpliced(index, 1) })}
          >
            <Icon name="close" size={16} />
          </button>
        </span>
      ))}
      <button
        type="button"
        className="button button-small"
        onClick={() =>
          onChange({ ...shift, breaks: [...breaks, { start: "10:00", end: "10:15" }] })
        }
      >
        <Icon name="add" size={16} /> {t("calendar.addBreak")}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={t("calendar.removeShift", { name })}
        onClick={onRemove}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}

/** 24 hours, as shops write times; the field for times of a browser may show AM and PM. */
const clockTime = "([01]\\d|2[0-3]):[0-5]\\d";

type Times = { start: string; end: string };

function Span({
  of,
  span,
  onChange,
}: {
  of: string;
  span: Times;
  onChange: (span: Times) => void;
}) {
  const t = useTranslations();
  return (
    <>
      <input
        className="input shift-time"
        pattern={clockTime}
        placeholder="06:00"
        maxLength={5}
        required
        aria-label={`${of}: ${t("calendar.start")}`}
        value={span.start}
        onChange={(event) => onChange({ start: event.target.value, end: span.end })}
      />
      –
      <input
        className="input shift-time"
        pattern={clockTime}
        placeholder="06:00"
        maxLength={5}
        required
        aria-label={`${of}: ${t("calendar.end")}`}
        value={span.end}
        onChange={(event) => onChange({ start: span.start, end: event.target.value })}
      />
    </>
  );
}
