import { useFormat } from "./use-format.ts";

/** A quantity with its unit; a dash where there is none. */
export function Quantity({ value, uom }: { value: string | null; uom: string }) {
  const format = useFormat();
  if (value === null) return "–";
  return (
    <>
      {format.quantity(value)} <span className="unit">{uom}</span>
    </>
  );
}
