import { useTranslations } from "use-intl";

import { shareOf } from "./format/quantity.ts";
import { useFormat } from "./use-format.ts";

type Progress = { good: string; scrap: string; quantity: string; uom: string };

/** Good pieces of an order's quantity; scrap is drawn behind it, and always written. */
export function ProgressBar({ good, scrap, quantity, uom }: Progress) {
  const t = useTranslations();
  const format = useFormat();
  const share = shareOf(good, quantity);
  const scrapShare = Math.min(1 - share, shareOf(scrap, quantity));
  return (
    <div className="progress">
      <progress
        className="visually-hidden"
        aria-label={t("progress.label")}
        max={1}
        value={share}
        aria-valuetext={t("progress.ofQuantity", {
          good: format.quantity(good),
          quantity: format.quantity(quantity),
          uom,
        })}
      />
      <div className="progress-track" aria-hidden="true">
        <div className="progress-good" style={{ width: `${share * 100}%` }} />
        <div className="progress-scrap" style={{ width: `${scrapShare * 100}%` }} />
      </div>
      <p className="progress-text" aria-hidden="true">
        <span>
          <b>{format.quantity(good)}</b> / {format.quantity(quantity)} {uom}
        </span>
        <span className="progress-percent">
          {format.ratio({
            low: Math.floor(share * 100) / 100,
            high: Math.floor(share * 100) / 100,
          })}
        </span>
      </p>
    </div>
  );
}
