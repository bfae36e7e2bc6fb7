import type { ImportProgress, ImportReport } from "@millwright/contracts/api";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { sendFile } from "../api/send-file.ts";
import { Field } from "../ui/field.tsx";
import { newKey } from "../ui/use-command.ts";
import { FormDialog } from "./form-dialog.tsx";

/** A CSV or XLSX file whose rows are all made, or none: first tried, then saved. */
export function ImportFile({
  title,
  path,
  onImported,
  onClose,
}: {
  title: string;
  /** Of the list; its import lies below. */
  path: string;
  onImported: () => Promise<void>;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  // One key for an intent, kept until it is answered: an import whose answer was lost goes on at the
  // server, and pressing again must find it rather than make all rows once more.
  const key = useRef({ of: "", key: "" });
  const keyOf = (intent: string) => {
    if (key.current.of !== intent) key.current = { of: intent, key: newKey() };
    return key.current.key;
  };
  const send = useMutation({
    mutationFn: (asked: { file: File; isDryRun: boolean }) => {
      setProgress(null);
      const url = `${path}/import?dryRun=${asked.isDryRun}`;
      const { name, size, lastModified } = asked.file;
      const intent = `${url} ${name} ${size} ${lastModified}`;
      return sendFile(url, asked.file, { key: keyOf(intent), onProgress: setProgress });
    },
    onSuccess: async (answer) => {
      key.current = { of: "", key: "" };
      setReport(answer);
      if (!answer.isSaved) return;
      await onImported();
    },
  });
  const isTried = report !== null && report.isDryRun && report.problemCount === 0;
  const isSaved = report?.isSaved === true;
  const submit = () => {
    if (isSaved) onClose();
    else if (file !== null) send.mutate({ file, isDryRun: !isTried });
  };
  const words = isSaved ? "action.close" : isTried ? "import.save" : "import.try";
  return (
    <FormDialog
      title={title}
      action={t(words)}
      isPending={send.isPending}
      error={send.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={t("import.file")} hint={t("import.hint")}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="file"
            required
            accept=".csv,.xlsx"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              setReport(null);
            }}
          />
        )}
      </Field>
      {send.isPending && <Progress progress={progress} />}
      {report !== null && <Report report={report} />}
    </FormDialog>
  );
}

function Progress({ progress }: { progress: ImportProgress | null }) {
  const t = useTranslations();
  const isStoring = progress?.phase === "store" && progress.total > 0;
  return (
    <output className="import-progress">
      {progress === null
        ? t("import.phase.send")
        : t(`import.phase.${progress.phase}`, { done: progress.done, total: progress.total })}
      <progress {...(isStoring && { value: progress.done / progress.total })} />
    </output>
  );
}

function Report({ report }: { report: ImportReport }) {
  const t = useTranslations();
  const { isSaved, rows, goodRows, problemCount, problems } = report;
  return (
    <section aria-live="polite">
      <p className={problemCount === 0 ? "notice notice-good" : "notice"}>
        {isSaved
          ? t("import.saved", { rows })
          : t("import.found", { rows, goodRows, problemCount })}
      </p>
      <ul className="import-problems">
        {problems.slice(0, problemsShownMax).map((problem) => (
          <li key={`${problem.line} ${problem.column} ${problem.code}`}>
            <b>{t("import.line", { line: problem.line })}</b>
            {problem.column !== null && <> · {problem.column}</>}: {problem.reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who has more than these wrong repairs the file by its pattern, not row by row. */
const problemsShownMax = 50;
