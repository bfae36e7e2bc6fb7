import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

/** The number of a lot or serial that the label did not say: scanned or typed. */
export function LotEntry({
  label,
  onEnter,
}: {
  label: string;
  onEnter: (lotNumber: string) => void;
}) {
  const t = useTranslations();
  const [lot, setLot] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lot.trim() !== "") onEnter(lot.trim());
  };
  return (
    <form className="quantity-entry" onSubmit={submit}>
      <label htmlFor="lot">{label}</label>
      <div className="quantity-line">
        <input
          id="lot"
          className="input scan-input"
          required
          // The person has just scanned; the number is the one thing to do now.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          autoComplete="off"
          maxLength={80}
          value={lot}
          onChange={(event) => setLot(event.target.value)}
        />
        <button type="submit" className="button scan-button">
          {t("scanner.next")}
        </button>
      </div>
    </form>
  );
}
