// The contract states most shapes as schemas only, which stay on the server: here they become types.

type Schema = { _zod: { input: unknown; output: unknown } };

/** What a schema gives, and what it takes. */
export type Output<S extends Schema> = S["_zod"]["output"];
export type Input<S extends Schema> = S["_zod"]["input"];

/** What a route takes as its body. */
export type Body<R> = R extends {
  request: { body: { content: { "application/json": { schema: infer S } } } };
}
  ? S extends Schema
    ? Input<S>
    : never
  : never;

/** What a route answers. */
export type Answer<R, Status extends number = 200> = R extends {
  responses: Record<Status, { content: { "application/json": { schema: infer S } } }>;
}
  ? S extends Schema
    ? Output<S>
    : never
  : never;
