import type { ImportReport, Problem } from "@millwright/contracts/api";

import { ProblemError, UnreachableError } from "./client.ts";

/**
 * Sends a file of rows. A file whose rows are not all valid is answered with what is wrong in which
 * line, as a report that says it saved nothing.
 * @throws ProblemError @throws UnreachableError
 */
export async function sendFile(path: string, file: File, key: string): Promise<ImportReport> {
  const isXlsx = file.name.toLowerCase().endsWith(".xlsx");
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": isXlsx ? xlsxType : "text/csv", "idempotency-key": key },
    body: file,
    signal: AbortSignal.timeout(answerMsMax),
  }).catch((cause: unknown) => {
    throw new UnreachableError("no answer", { cause });
  });
  const answer = (await response.json()) as ImportReport | (Problem & { report?: ImportReport });
  if (response.ok) return answer as ImportReport;
  if ("report" in answer && answer.report !== undefined) return answer.report;
  throw new ProblemError(answer as Problem);
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/** 100,000 rows take longer than any other answer. */
const answerMsMax = 120_000;
