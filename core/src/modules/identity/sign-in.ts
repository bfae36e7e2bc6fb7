import type { TenantId } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Passwords } from "../../platform/passwords/passwords.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Seal } from "../../platform/seal.ts";
import { accountsOf } from "./directory.ts";
import { type Device, openSession, type SessionHold } from "./open-session.ts";
import { isKnownAddress } from "./store/sessions.ts";
import {
  type Attempt,
  claimGuess,
  countFailure,
  forgiveFailures,
  giveBack,
  readBlocks,
} from "./store/sign-in-failures.ts";
import { readUser, takeRecoveryCode, takeTotpStep, type UserRow } from "./store/users.ts";
import { sha256 } from "./tenant-secret.ts";
import { openTotpSecret } from "./totp-secret.ts";
import { stepOfCode } from "./totp.ts";

type Deps = { platform: Platform; passwords: Passwords; seal: Seal };

export type AskedSignIn = {
  email: string;
  password: string;
  code?: string | undefined;
  companyName?: string | undefined;
};

/** One company in which the address is somebody's. */
type Account = { tenantId: TenantId; companyName: string; user: UserRow };

/**
 * Opens a session for who knows the password and, where there is one, holds the second factor. Neither
 * the answer nor its time tells whether an address is known. Guessing is slowed down per account and
 * address of the network; from where a person signed in before they may try even while others guess, so
 * that nobody can lock an administrator out.
 * @throws Refusal sign_in.refused · sign_in.code_needed · sign_in.company_needed · sign_in.locked
 */
export async function signIn(
  deps: Deps,
  asked: AskedSignIn,
  device: Device,
): Promise<{ tenantId: TenantId; session: SessionHold }> {
  const { db, clock } = deps.platform;
  const now = clock.now();
  const attempt = { email: asked.email, address: device.address };
  const accounts = await findAccounts(deps, asked);
  await refuseBlocked(deps, attempt, accounts);
  try {
    const opened = await openBy(deps, asked, { accounts, device, now });
    await forgiveFailures(db, attempt);
    return opened;
  } catch (error) {
    if (isWrongGuess(error, asked)) {
      await countFailure(db, attempt, now, ["address"]);
    } else {
      await giveBack(db, attempt);
    }
    throw error;
  }
}

/** The rest is no guess: the password was right, or nobody could look. */
function isWrongGuess(error: unknown, { code }: AskedSignIn): boolean {
  if (!(error instanceof Refusal)) return false;
  if (error.code === "sign_in.code_needed") return code !== undefined;
  return error.code === "sign_in.refused";
}

async function openBy(
  deps: Deps,
  asked: AskedSignIn,
  { accounts, device, now }: { accounts: readonly Account[]; device: Device; now: Date },
): Promise<{ tenantId: TenantId; session: SessionHold }> {
  const account = await choose(deps, asked, accounts);
  if (account === null) {
    throw new Refusal("sign_in.refused", "This address and password do not go together.", {
      kind: "not_signed_in",
    });
  }
  const { tenantId, user } = account;
  const session = await deps.platform.db.inTenant(tenantId, async (tx) => {
    if (!(await holdsSecondFactor(tx, deps.seal, { userId: user.userId, code: asked.code, now })))
      return null;
    const { userId, name } = user;
    return openSession(tx, { userId, name, method: "password", device }, now);
  });
  if (session !== null) return { tenantId, session };
  throw secondFactorNeeded(asked.code === undefined ? "Type" : "This code is not valid; type");
}

export function secondFactorNeeded(sentence: string): Refusal {
  return new Refusal(
    "sign_in.code_needed",
    `${sentence} the code your authenticator shows now, or a recovery code.`,
    { kind: "not_signed_in" },
  );
}

/**
 * Companies whose database is away are passed over, as long as another one answers: they take down
 * nobody else's sign-in. @throws Fault when all of the address's companies are away
 */
async function findAccounts({ platform }: Deps, asked: AskedSignIn): Promise<Account[]> {
  const { db } = platform;
  const answers = await Promise.allSettled(
    (await accountsOf(db, asked.email)).map(async ({ tenantId, userId }) => {
      const user = await db.inTenant(tenantId, (tx) => readUser(tx, userId));
      return user === null ? [] : [{ tenantId, companyName: user.companyName, user }];
    }),
  );
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const away = answers.find((answer) => answer.status === "rejected");
  if (found.length === 0 && away !== undefined) throw away.reason;
  const wanted = asked.companyName?.toLowerCase();
  return found
    .filter(({ companyName }) => wanted === undefined || companyName.toLowerCase() === wanted)
    .toSorted((a, b) => a.companyName.localeCompare(b.companyName));
}

/** Claims the guess. @throws Refusal sign_in.locked */
async function refuseBlocked(
  { platform }: Deps,
  attempt: Attempt,
  accounts: readonly Account[],
): Promise<void> {
  const now = platform.clock.now();
  const blocks = await readBlocks(platform.db, attempt, now);
  const isKnown =
    blocks.length > 0 &&
    (await isKnownPlace(platform, { address: attempt.address, now }, accounts));
  const standing = blocks.filter(({ kind }) => kind === "pair" || !isKnown);
  if (standing.length === 0) {
    const overtaken = await claimGuess(platform.db, attempt, now);
    if (!overtaken.some((kind) => kind === "pair" || !isKnown)) return;
  }
  const until = Math.max(now.getTime(), ...standing.map((block) => block.until.getTime()));
  const waitS = Math.max(1, Math.ceil((until - now.getTime()) / 1000));
  throw new Refusal("sign_in.locked", `Too many failed attempts. Try again in ${waitS} s.`, {
    kind: "too_many",
    retryAfterS: waitS,
  });
}

async function isKnownPlace(
  { db }: Platform,
  place: { address: string; now: Date },
  accounts: readonly Account[],
): Promise<boolean> {
  const known = await Promise.all(
    accounts.map(({ tenantId, user }) =>
      db.inTenant(tenantId, (tx) => isKnownAddress(tx, { userId: user.userId, ...place })),
    ),
  );
  return known.includes(true);
}

/** The account the password opens; null when there is none. @throws Refusal sign_in.company_needed */
async function choose(
  { passwords }: Deps,
  asked: AskedSignIn,
  accounts: readonly Account[],
): Promise<Account | null> {
  // Nobody of that address: the same work for the same answer.
  if (accounts.length === 0) await passwords.verify(null, asked.password);
  const opened: Account[] = [];
  for (const account of accounts) {
    const isRight = await passwords.verify(account.user.passwordHash, asked.password);
    if (isRight && account.user.state === "active") opened.push(account);
  }
  if (opened.length <= 1) return opened[0] ?? null;
  throw new Refusal("sign_in.company_needed", "You work for several companies: choose one.", {
    allowed: opened.map(({ companyName }) => companyName),
  });
}

/**
 * Whether a user without a second factor, or with this code of it. A code counts once: the step is taken
 * in the transaction that opens the session.
 */
export async function holdsSecondFactor(
  tx: Transaction,
  seal: Seal,
  { userId, code, now }: { userId: string; code: string | undefined; now: Date },
): Promise<boolean> {
  const user = await readUser(tx, userId);
  if (user === null) return false;
  if (!user.hasTotp || user.totpSecret === null) return true;
  if (code === undefined) return false;
  const secret = await openTotpSecret(seal, userId, user.totpSecret);
  const step =
    secret === null ? null : stepOfCode(secret, { code, now, lastStep: user.totpLastStep });
  if (step !== null) return takeTotpStep(tx, userId, step);
  return takeRecoveryCode(tx, userId, { digest: await digestOfRecoveryCode(code), now });
}

/** Typed with or without its dash, in any case. */
export function digestOfRecoveryCode(code: string): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(`recovery ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}`);
}
