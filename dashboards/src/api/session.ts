/**
 * The browser's session lives in cookies that scripts cannot read: a short one that proves who asks,
 * and one that renews it. A renewal token counts once, and a second use ends the session, so all tabs
 * of the browser must take turns.
 */

const channel = new BroadcastChannel("millwright-session");

/** Calls `listener` when another tab signs out, until the returned function is called. */
export function onSignedOutElsewhere(listener: () => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (data === signedOut) listener();
  };
  channel.addEventListener("message", hear);
  return () => channel.removeEventListener("message", hear);
}

/** Tells the other tabs that nobody is signed in any more. */
export function tellSignedOut(): void {
  // A channel has no target origin: it only reaches our own.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage(signedOut);
}

/** Where a person signs in and comes back to what is on screen now. */
export function goToSignIn(): void {
  const { pathname, search, hash } = globalThis.location;
  const returnTo = encodeURIComponent(`${pathname}${search}${hash}`);
  // The whole page is left, so that nothing of the former person stays in memory.
  globalThis.location.assign(`/sign-in?returnTo=${returnTo}`);
}

let renewing: Promise<boolean> | null = null;

/**
 * Renews the session; false when it is over. `sentTime`: when the request went out that was told that
 * it needs this (epoch ms); if another tab has renewed since, that is enough.
 * @throws what `fetch` throws: the server could not be asked, and nothing is known
 */
export function renewSession(sentTime: number): Promise<boolean> {
  renewing ??= inTurn(() => renew(sentTime)).finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renew(sentTime: number): Promise<boolean> {
  if (Number(localStorage.getItem(renewedName)) > sentTime) return true;
  const response = await fetch("/api/auth/refresh", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    signal: AbortSignal.timeout(answerMsMax),
  });
  if (response.ok) localStorage.setItem(renewedName, String(Date.now()));
  // Only a refusal ends a session; a server that is ill (5xx) or busy (429) does not.
  else if (response.status >= 500 || response.status === 429) {
    throw new Error(`renewing answered ${response.status}`);
  }
  return response.ok;
}

/** One tab at a time: by a Web Lock, or on plain http (where browsers have none) by a lease. */
async function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const locks: LockManager | undefined = navigator.locks;
  if (locks !== undefined) return locks.request(lockName, act);
  const owner = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const deadline = Date.now() + leaseMs;
  while (Date.now() < deadline && !(await takeLease(owner))) await pause(leasePauseMs);
  try {
    return await act();
  } finally {
    localStorage.removeItem(lockName);
  }
}

/** Writes our name if nobody's lease runs, and looks whether another tab wrote at the same time. */
async function takeLease(owner: string): Promise<boolean> {
  const [, until] = (localStorage.getItem(lockName) ?? "").split(" ");
  if (Number(until ?? 0) > Date.now()) return false;
  const lease = `${owner} ${Date.now() + leaseMs}`;
  localStorage.setItem(lockName, lease);
  await pause(leasePauseMs);
  return localStorage.getItem(lockName) === lease;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const signedOut = "signed_out";
const renewedName = "session-renewed";
const lockName = "session-renewal";
const answerMsMax = 15_000;
/** A tab that was closed while it renewed holds up the others no longer than an answer may take. */
const leaseMs = answerMsMax;
/** Longer than a write of local storage takes to be seen by another tab. */
const leasePauseMs = 60;
