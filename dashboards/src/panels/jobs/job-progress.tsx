import type { JobSummary } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";

/** How far a job is, by its own words; a job that counts nothing shows nothing. */
export function JobProgress({ job }: { job: JobSummary }) {
  const t = useTranslations();
  const format = useFormat();
  if (job.progress === null) return <>–</>;
  const { done, total, note } = job.progress;
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const text = t("job.doneOf", {
    done: format.quantity(String(done)),
    total: format.quantity(String(total)),
  });
  return (
    <div className="progress">
      <progress
        className="visually-hidden"
        aria-label={t("progress.label")}
        max={1}
        value={share}
        aria-valuetext={text}
      />
      <div className="progress-track" aria-hidden="true">
        <div className="progress-good" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="progress-text">
        <span aria-hidden="true">{text}</span>
        {note !== null && <span className="job-note">{note}</span>}
      </p>
    </div>
  );
}
