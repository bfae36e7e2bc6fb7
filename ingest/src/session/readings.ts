import type { MetricValue } from "@millwright/contracts/sparkplug";

/** Numbers of one reading: series, source time, value, kind of the value, quality. */
const fields = 5;
const noNumber = Number.NaN;
/** What the value is; `other`: text, bytes and integers that a number does not hold exactly. */
const kinds = { absent: 0, number: 1, boolean: 2, other: 3 } as const;

/**
 * The readings of one data message as rows of numbers in one buffer: they wait in queues by the hundred
 * thousand, and the collector need not look at any of them. Text and bytes stand beside it.
 */
export class Readings {
  readonly #numbers: Float64Array;
  readonly #others: readonly MetricValue[];

  constructor(numbers: Float64Array, others: readonly MetricValue[]) {
    this.#numbers = numbers;
    this.#others = others;
  }

  get count(): number {
    return this.#numbers.length / fields;
  }

  /** Index of its series in the session (`EdgeNodeSession.seriesAt`). */
  series(at: number): number {
    return this.#numbers[at * fields] ?? 0;
  }

  /** Epoch ms of the device; null: it said none. */
  time(at: number): number | null {
    return orNull(this.#numbers[at * fields + 1]);
  }

  /** Interpreted by the birth's datatype; an integer that a number holds exactly is a number. */
  value(at: number): MetricValue {
    const number = this.#numbers[at * fields + 2] ?? 0;
    switch (this.#numbers[at * fields + 3]) {
      case kinds.number:
        return number;
      case kinds.boolean:
        return number === 1;
      case kinds.other:
        return this.#others[number] ?? null;
      default:
        return null;
    }
  }

  /** Sparkplug's quality property; null: none, which means good. */
  quality(at: number): number | null {
    return orNull(this.#numbers[at * fields + 4]);
  }
}

const noOthers: readonly MetricValue[] = [];
export const noReadings = new Readings(new Float64Array(0), noOthers);

/** Gathers the readings of one message after the other; its buffer is used again. */
export class ReadingsBuilder {
  #numbers = new Float64Array(256 * fields);
  #length = 0;
  #others: MetricValue[] = [];

  add(series: number, time: number | null, value: MetricValue, quality: number | null): void {
    if (this.#length + fields > this.#numbers.length) this.#grow();
    const numbers = this.#numbers;
    const at = this.#length;
    numbers[at] = series;
    numbers[at + 1] = time ?? noNumber;
    numbers[at + 4] = quality ?? noNumber;
    this.#length = at + fields;
    if (typeof value === "number") {
      numbers[at + 2] = value;
      numbers[at + 3] = kinds.number;
    } else if (typeof value === "boolean") {
      numbers[at + 2] = value ? 1 : 0;
      numbers[at + 3] = kinds.boolean;
    } else if (value === null) {
      numbers[at + 3] = kinds.absent;
    } else if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) {
      numbers[at + 2] = Number(value);
      numbers[at + 3] = kinds.number;
    } else {
      numbers[at + 2] = this.#others.push(value) - 1;
      numbers[at + 3] = kinds.other;
    }
  }

  /** What was added since the last time. */
  finish(): Readings {
    const others = this.#others.length === 0 ? noOthers : this.#others;
    const readings = new Readings(this.#numbers.slice(0, this.#length), others);
    this.forget();
    return readings;
  }

  /** The message is broken: what was read of it is none. */
  forget(): void {
    this.#length = 0;
    if (this.#others.length > 0) this.#others = [];
  }

  #grow(): void {
    const grown = new Float64Array(this.#numbers.length * 2);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

function orNull(number: number | undefined): number | null {
  return number === undefined || Number.isNaN(number) ? null : number;
}
