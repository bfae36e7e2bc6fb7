import { type MetricValue, Quality } from "@millwright/contracts/sparkplug";
import { Decimal } from "@millwright/contracts/units";

import { isPlausibleTime } from "../session/plausible.ts";
import { SampleQuality } from "../store/copy-buffer.ts";

/** When a reading was taken: its source time, or the received time when the source's cannot be true. */
export function timeOf(
  timestamp: number | null,
  { payloadMs, receivedMs }: { payloadMs: number; receivedMs: number },
): { timeMs: number; isUncertain: boolean } {
  const timeMs = timestamp ?? payloadMs;
  const isUncertain = !isPlausibleTime(timeMs, receivedMs);
  return { timeMs: isUncertain ? receivedMs : timeMs, isUncertain };
}

/** A value as it is stored: a number, a text, or neither. NaN and infinities are no numbers. */
export function storedValue(value: MetricValue): {
  value: number | null;
  text: string | null;
  isNaN: boolean;
} {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value)
        ? { value, text: null, isNaN: false }
        : { value: null, text: null, isNaN: true };
    case "boolean":
      return { value: value ? 1 : 0, text: null, isNaN: false };
    case "bigint": {
      const number = Number(value);
      // A double holds it exactly up to 2^53; beyond, the text does.
      return {
        value: number,
        text: Number.isSafeInteger(number) ? null : `${value}`,
        isNaN: false,
      };
    }
    case "string":
      return { value: null, text: value, isNaN: false };
    default:
      return { value: null, text: null, isNaN: false };
  }
}

/** What of a reading says how good it is. */
type Judged = { value: MetricValue; quality: number | null };

export function qualityOf({ value, quality }: Judged, isUncertain: boolean): SampleQuality {
  if (quality === Quality.bad || value === null) return SampleQuality.bad;
  if (quality === Quality.stale) return SampleQuality.stale;
  return isUncertain ? SampleQuality.uncertainTime : SampleQuality.good;
}

/** The reading of a counter, exact; null when it is none (text, NaN, negative, bad quality). */
export function counterValue({ value, quality }: Judged): Decimal | null {
  if (quality === Quality.bad) return null;
  if (typeof value === "bigint") return value < 0n ? null : new Decimal(value.toString());
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return null;
  return new Decimal(value);
}

/** The raw value as the keys of a binding's value map are written: `1`, `true`, `Running`. */
export function rawText(value: MetricValue): string | null {
  return value === null || value instanceof Uint8Array ? null : String(value);
}
