import type { CompanySize } from "./authz-company.ts";

/** What one fresh process is asked to measure, and what it answers by IPC. */
export type Order = {
  engine: "millwright" | "plain";
  size: CompanySize;
  seed: number;
  decisions: number;
  databaseUrl: string;
  tenantId: string;
};
export type Answer = {
  /** Unix milliseconds of the first decision. */
  firstDecisionMs: number;
  /** Processor time the process had used by then: what the load takes on a machine without neighbours. */
  loadCpuMs: number;
  /** Each decision's time in milliseconds, in order. */
  tookMs: number[];
  /** The decisions themselves, to compare engines. */
  answers: boolean[];
  rssMb: number;
};

const order: Order = JSON.parse(process.argv[2] ?? "");
const answer = await (order.engine === "plain" ? measurePlain() : measureOurs());
process.send?.(answer, () => process.disconnect());

/** As a process of core does it: connect, read the tenant's policy, answer. */
async function measureOurs(): Promise<Answer> {
  const [{ Authorisation }, { Databases }, { createLog }, company, { tenantIdSchema }] =
    await Promise.all([
      import("../../core/src/platform/authz/authorisation.ts"),
      import("../../core/src/platform/db/databases.ts"),
      import("../../core/src/platform/observe/log.ts"),
      import("./authz-company.ts"),
      import("@millwright/contracts/units"),
    ]);
  const log = createLog({ process: "bench", level: "error" });
  await using db = await Databases.open(order.databaseUrl, { poolMax: 2, log });
  const { listener } = db;
  await using authorisation = new Authorisation(company.companyCatalogue, { db, listener, log });
  authorisation.start();
  const tenantId = tenantIdSchema.parse(order.tenantId);
  const users = company.makeUsers(order.size, order.seed);
  const policy = company.makePolicy(order.size, order.seed);
  const questions = company.makeQuestions(policy, users, order.seed);
  // Awaited here, or what it uses is disposed before it has begun.
  return await measure(questions, (question) => authorisation.isAllowed(tenantId, question));
}

async function measurePlain(): Promise<Answer> {
  const [{ buildPlainCasbin }, company] = await Promise.all([
    import("../../core/src/platform/authz/plain-casbin.fixture.ts"),
    import("./authz-company.ts"),
  ]);
  const users = company.makeUsers(order.size, order.seed);
  const policy = company.makePolicy(order.size, order.seed);
  const isAllowed = await buildPlainCasbin(policy, users);
  return measure(company.makeQuestions(policy, users, order.seed), isAllowed);
}

/** Asks one after the other and times each, those that build their enforcer included. */
async function measure<Q>(
  questions: Iterator<Q>,
  isAllowed: (question: Q) => boolean | Promise<boolean>,
): Promise<Answer> {
  const tookMs: number[] = [];
  const answers: boolean[] = [];
  let firstDecisionMs = 0;
  let loadCpuMs = 0;
  while (answers.length < order.decisions) {
    const { value, done } = questions.next();
    if (done === true) break;
    const started = performance.now();
    const answer = await isAllowed(value);
    const ended = performance.now();
    answers.push(answer);
    // The first is the load, which has its own figure.
    if (answers.length > 1) tookMs.push(ended - started);
    else {
      firstDecisionMs = performance.timeOrigin + ended;
      const { user, system } = process.cpuUsage();
      loadCpuMs = (user + system) / 1000;
    }
  }
  return {
    firstDecisionMs,
    loadCpuMs,
    tookMs,
    answers,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  };
}
