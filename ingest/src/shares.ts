import type { Logger } from "pino";

import type { Watermark } from "./derive/watermark.ts";
import { Pipeline, type Totals } from "./pipeline.ts";
import type { Cell } from "./session/cell.ts";
import type { EdgeNode } from "./session/edge-node.ts";
import { BatchWriter, type Written } from "./store/batch-writer.ts";
import type { Pool } from "./store/database.ts";

/**
 * While one transaction waits for answers the other keeps the database busy. More would gain nothing: one
 * thread decodes for all of them.
 */
const sharesPerDatabase = 2;

type Share = { pipeline: Pipeline; writer: BatchWriter };

/**
 * The pipelines into one database, with a writer and a connection each. An edge node belongs to one of
 * them for as long as the process lives, in turn as they are first heard of: its records keep their
 * order, and its watermark, counters and states are in one writer's memory. Decision 0024.
 */
export class Shares implements AsyncDisposable {
  readonly #shares: readonly Share[];
  readonly #placeOf = new Map<string, number>();

  constructor({
    pool,
    cell,
    ...options
  }: {
    pool: Pool;
    cell: Cell;
    logger: Logger;
    onWritten: (written: Written) => void;
    onFailure: (error: unknown) => void;
  }) {
    this.#shares = Array.from({ length: sharesPerDatabase }, (_, place) => {
      const writer = new BatchWriter(pool, cell, (key) => this.#place(key) === place);
      return { writer, pipeline: new Pipeline({ writer, ...options }) };
    });
  }

  get pipelines(): Pipeline[] {
    return this.#shares.map(({ pipeline }) => pipeline);
  }

  /** Where the records of an edge node go, by its key. */
  pipelineOf(nodeKey: string): Pipeline {
    return this.#of(nodeKey).pipeline;
  }

  /** @see BatchWriter.watermarkOf */
  watermarkOf(node: EdgeNode): Watermark | null {
    return this.#of(node.key).writer.watermarkOf(node);
  }

  /** Rows waiting or being written. */
  get queueDepth(): number {
    return this.pipelines.reduce((sum, { queueDepth }) => sum + queueDepth, 0);
  }

  /** Age of the oldest message that is not stored yet; 0 when all are. */
  get lagMs(): number {
    return Math.max(...this.pipelines.map(({ lagMs }) => lagMs));
  }

  totals(): Totals {
    return sumTotals(this.pipelines.map(({ totals }) => totals));
  }

  /** Writes what has arrived and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.pipelines.map((pipeline) => pipeline[Symbol.asyncDispose]()));
  }

  #of(nodeKey: string): Share {
    const share = this.#shares[this.#place(nodeKey)];
    if (share === undefined) throw new Error("every edge node has its share");
    return share;
  }

  #place(nodeKey: string): number {
    const known = this.#placeOf.get(nodeKey);
    if (known !== undefined) return known;
    const place = this.#placeOf.size % this.#shares.length;
    this.#placeOf.set(nodeKey, place);
    return place;
  }
}

export function sumTotals([first, ...others]: readonly Totals[]): Totals {
  const sum = { ...first } as Totals;
  for (const totals of others) {
    for (const [name, value] of Object.entries(totals)) sum[name as keyof Totals] += value;
  }
  return sum;
}
