import { SpanKind } from "@opentelemetry/api";
import type pg from "pg";

import { inSpan, isRecording } from "../observe/trace.ts";

/** Runs a bound statement. */
export type RunStatement = (text: string, values: readonly unknown[]) => Promise<pg.QueryResult>;

/**
 * The same way to run statements, with a span per statement while somebody records the transaction. A span has
 * the statement's text, never its values: those are bound, and may be personal.
 */
export function tracedQuery(run: RunStatement): RunStatement {
  if (!isRecording()) return run;
  return (text, values) => {
    const attributes = {
      "db.system.name": "postgresql",
      "db.query.text": text.slice(0, textMax),
    };
    return inSpan(nameOf(text), { kind: SpanKind.CLIENT, attributes }, () => run(text, values));
  };
}

const textMax = 2_000;

/** `insert production.work_order`: what and where, so that spans of one kind have one name. */
function nameOf(text: string): string {
  const verb = /[a-z]+/i.exec(text)?.[0].toLowerCase() ?? "sql";
  const place = /"?\b([a-z_]+)"?\."?([a-z_]+)\b/.exec(text);
  return place === null ? `sql ${verb}` : `sql ${verb} ${place[1]}.${place[2]}`;
}
