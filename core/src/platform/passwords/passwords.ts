import type * as Argon2Library from "@node-rs/argon2";

import { Refusal } from "../errors.ts";

type Argon2 = typeof Argon2Library;

/**
 * Argon2id with the parameters of OWASP's cheat sheet (19 MiB, 2 passes, 1 lane): about 10 ms of a core
 * and 19 MiB each. At most `atOnce` are computed at a time, so that a hundred people at the start of a
 * shift take 40 MB and a second, not 2 GB; who would wait behind `waitingMax` others is refused.
 */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Encoded with salt and parameters. */
  hash(password: string): Promise<string> {
    return this.#inTurn(async ({ hash }) => hash(normalise(password), parameters));
  }

  /**
   * Whether it is the password of this hash. Without one (nobody of that name, no password set) it takes
   * as long and answers false: the time does not tell who exists.
   */
  async verify(hash: string | null, password: string): Promise<boolean> {
    const isRight = await this.#inTurn(({ verify }) =>
      verify(hash ?? nobodysHash, normalise(password)),
    );
    return isRight && hash !== null;
  }

  async #inTurn<T>(work: (argon2: Argon2) => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= waitingMax) throw busy();
      await new Promise<void>((go) => this.#waiting.push(go));
    } else {
      this.#running += 1;
    }
    try {
      return await work(await argon2());
    } finally {
      // The turn is handed on, or given back.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

// A native addon: loaded with the first password, so that what asks for none runs where it cannot.
let loaded: Promise<Argon2> | null = null;
function argon2(): Promise<Argon2> {
  loaded ??= import("@node-rs/argon2");
  return loaded;
}

// Argon2id is the library's default algorithm; it cannot be named, as its enum exists only as a type.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// Two threads hash about 200 passwords a second; the other two of Node's pool stay for files and DNS.
const atOnce = 2;
const waitingMax = 500;

// Of a random password that nobody kept, with our parameters.
const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$3FGG6vfZ8LCT0q0Ka5Uqcw$6yjHVoA0mcIV0dmkuq1rTu1VqyJZHYb6JQDJfOk2shE";

/** The same keys pressed are the same password, whatever the keyboard makes of an accent (RFC 8265). */
function normalise(password: string): string {
  return password.normalize("NFKC");
}

function busy(): Refusal {
  return new Refusal("sign_in.busy", "Many people are signing in right now. Try again.", {
    kind: "too_many",
    retryAfterS: 3,
  });
}
