import { serve } from "@hono/node-server";
import { Hono } from "hono";
import pg from "pg";

/**
 * What bench:api is compared with: the same server library and driver, one primary-key select per
 * request, and nothing else: no sign-in, no rights, no row security, no validation.
 */
const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });
const app = new Hono();
app.get("/api/work-orders/:id", async (c) => {
  const { rows } = await pool.query({
    name: "order",
    text: "select * from public.bench_order where work_order_id = $1",
    values: [c.req.param("id")],
  });
  return c.json(rows[0]);
});
serve({ fetch: app.fetch, port: Number(process.env["PORT"]), hostname: "127.0.0.1" }, () =>
  process.send?.({ type: "ready" }),
);
process.on("disconnect", () => process.exit(0));
