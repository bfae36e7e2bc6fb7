import { expect, test } from "vitest";

import { createApi } from "./api.ts";
import { unknownRoute } from "./unknown-route.ts";

const api = createApi();
api.use("/api/*", (_, next) => next());
api.get("/api/things/:id", (c) => c.text("read"));
api.put("/api/things/:id", (c) => c.text("written"));
api.route(
  "/",
  createApi().post("/api/things", (c) => c.text("made")),
);
api.notFound(unknownRoute(api));

test.each([
  { asked: "DELETE /api/things/7", status: 405, allow: "GET, HEAD, PUT" },
  { asked: "POST /api/things/7", status: 405, allow: "GET, HEAD, PUT" },
  { asked: "GET /api/things", status: 405, allow: "POST" },
  { asked: "GET /api/nothing", status: 404, allow: null },
  { asked: "POST /", status: 404, allow: null },
  { asked: "HEAD /api/things/7", status: 200, allow: null },
  { asked: "PUT /api/things/7", status: 200, allow: null },
])("$asked is $status", async ({ asked, status, allow }) => {
  const [method = "", path = ""] = asked.split(" ");
  const answer = await api.request(path, { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([status, allow]);
  if (status === 405) {
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "method.unknown", title: "Not this method" });
  }
});
