import type { ImportLine, ImportProgress, ImportReport, Problem } from "@millwright/contracts/api";

import { ProblemError, UnreachableError } from "./client.ts";

/**
 * Sends a file of rows and is told how far it is. A file whose rows are not all valid is answered with
 * what is wrong in which line, as a report that says it saved nothing.
 * @throws ProblemError @throws UnreachableError
 */
export async function sendFile(
  path: string,
  file: File,
  { key, onProgress }: { key: string; onProgress: (progress: ImportProgress) => void },
): Promise<ImportReport> {
  const isXlsx = file.name.toLowerCase().endsWith(".xlsx");
  const response = await fetch(path, {
    method: "POST",
    headers: {
      "content-type": isXlsx ? xlsxType : "text/csv",
      accept: "application/x-ndjson",
      "idempotency-key": key,
    },
    body: file,
    signal: AbortSignal.timeout(answerMsMax),
  }).catch(unreachable);
  if (!response.ok || response.body === null) throw new ProblemError(await problemIn(response));
  let last: ImportLine | null = null;
  for await (const line of linesOf(response.body)) {
    last = line;
    if ("progress" in line) onProgress(line.progress);
  }
  if (last === null || "progress" in last) throw new UnreachableError("the answer was cut off");
  if ("report" in last) return last.report;
  // Rows that are not valid come with a report of their own.
  const problem = last.problem as Problem & { report?: ImportReport };
  if (problem.report !== undefined) return problem.report;
  throw new ProblemError(problem);
}

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ImportLine> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch(unreachable);
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as ImportLine;
  }
}

async function problemIn(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

function unreachable(cause: unknown): never {
  throw new UnreachableError("no answer", { cause });
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/** 100,000 rows take longer than any other answer. */
const answerMsMax = 120_000;
