import type { TenantId } from "@millwright/contracts/units";

import type { Clock } from "../clock.ts";
import type { Databases, Home } from "../db/databases.ts";
import { Fault } from "../errors.ts";
import type { Log } from "../observe/log.ts";
import type { Job } from "./define-job.ts";
import { JobQueue, type JobToEnqueue } from "./job-queue.ts";

type Options = {
  db: Databases;
  /** Absent: each database is the queue of its tenants. */
  redisUrl: string | undefined;
  clock: Clock;
  log: Log;
};

/**
 * A queue per database: a tenant's jobs are where its rows are (decision record 0011), on Redis under
 * a prefix of that database. One that is away takes down its own jobs only.
 */
export class JobQueues {
  readonly #options: Options;
  readonly #queues = new Map<Home, JobQueue>();
  #everywhere: AsyncDisposable | null = null;

  static async open(options: Options): Promise<JobQueues> {
    const queues = new JobQueues(options);
    queues.#everywhere = await options.db.everywhere((home) => queues.#openAt(home));
    return queues;
  }

  private constructor(options: Options) {
    this.#options = options;
  }

  #openAt(home: Home): AsyncDisposable {
    const { db, redisUrl, clock, log } = this.#options;
    const tenantDatabase = home === db.installation ? null : home.name;
    const queue = new JobQueue({ db: home.db, tenantDatabase, redisUrl, clock, log });
    this.#queues.set(home, queue);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#queues.delete(home);
        await queue[Symbol.asyncDispose]();
      },
    };
  }

  /** Where a tenant's jobs are. @throws Fault while its database is away. */
  async of(tenantId: TenantId): Promise<JobQueue> {
    return this.at(await this.#options.db.homeOf(tenantId));
  }

  /** @throws Fault when that database has left. */
  at(home: Home): JobQueue {
    const queue = this.#queues.get(home);
    if (queue !== undefined) return queue;
    const cause = new Error(`${home.name} has left`);
    throw new Fault("The job queue is not reachable.", { cause, isRetryable: true });
  }

  /** The queues of the databases that are there, by the database's name. */
  byDatabase(): { name: string; queue: JobQueue }[] {
    return [...this.#queues].map(([{ name }, queue]) => ({ name, queue }));
  }

  /** @see JobQueue.enqueue · @throws Fault also when the tenant's database is away. */
  async enqueue<P>(job: Job<P>, entry: JobToEnqueue<P>): Promise<string> {
    return (await this.of(entry.tenantId)).enqueue(job, entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#everywhere?.[Symbol.asyncDispose]();
  }
}
