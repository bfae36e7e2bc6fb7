/** Where "now" comes from, so that tests can stand at any instant. */
export type Clock = { now: () => Date };

export const systemClock: Clock = { now: () => new Date() };
