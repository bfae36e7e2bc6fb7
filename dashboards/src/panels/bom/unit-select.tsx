import { useQuery } from "@tanstack/react-query";

import { uomsQuery } from "../../api/engineering-queries.ts";

/** One of the company's units of measure. */
export function UnitSelect({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (uom: string) => void;
}) {
  const { data: units } = useQuery(uomsQuery);
  return (
    <select
      className="select"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {units === undefined && <option>{value}</option>}
      {units?.uoms.map(({ uom }) => (
        <option key={uom}>{uom}</option>
      ))}
    </select>
  );
}
