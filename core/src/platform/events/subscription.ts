import type { EventKey, LoggedEvent } from "@millwright/contracts/events";
import type { RawBuilder } from "kysely";

import type { Transaction } from "../db/transaction.ts";

/** What a context does about events of the log: on one process of the installation at a time. */
export type Subscription = {
  /** Names the cursor, so it never changes: `<context>.<purpose>`. */
  name: string;
  keys: readonly EventKey[];
  /**
   * An expression for the types somebody asks for now (`text[]`), where that is less than all of `keys`:
   * others are neither read nor counted as lag. What nobody asked for while it was written is passed.
   */
  askedTypes?: RawBuilder<readonly string[]>;
  /**
   * Applies events of one tenant, ascending. The cursor moves in the same transaction, so an effect
   * in the database happens exactly once; it must have no other effect. A throw saves nothing and is
   * tried again in halves, so that it ends with the one event that cannot be digested.
   */
  handle: (tx: Transaction, events: readonly LoggedEvent[]) => Promise<void>;
  /**
   * Declares that handling events again, from any earlier position to the end, ends in the same state:
   * every effect is keyed by its event or stream and overwritten, and nothing is emitted (an emit while
   * replaying fails). Only then a person may replay it. Default false.
   */
  isReplayable?: boolean;
};
