import type { JobSummary } from "@millwright/contracts/api";
import type { JobState } from "@millwright/contracts/states/tables";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

/** Where a job is, as colour, icon and word; one that was told to stop and runs on says so. */
export function JobStateMark({ job }: { job: JobSummary }) {
  const t = useTranslations();
  const isStopping = job.isCancelAsked && job.state === "active";
  return (
    <span className="job-mark" data-state={isStopping ? "cancelled" : job.state}>
      <Icon name={icons[job.state]} size={16} />
      {isStopping ? t("job.stopping") : t(`jobState.${job.state}`)}
    </span>
  );
}

const icons = {
  waiting: "empty",
  scheduled: "clock",
  retrying: "half",
  active: "producing",
  completed: "check",
  failed: "down",
  cancelled: "close",
} as const satisfies Record<JobState, IconName>;
