import type { Job, JobScope, JobSummary } from "@millwright/contracts/api";
import { type JobCommand, jobCommandsIn } from "@millwright/contracts/states/tables";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";

import { jobsKey } from "../../api/job-queries.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";

/**
 * Cancel and retry. A button that cannot be pressed now stays reachable and says why when it is
 * pointed at, focused or pressed.
 */
export function JobCommands({ job, scope }: { job: JobSummary; scope: JobScope }) {
  const t = useTranslations();
  const client = useQueryClient();
  const reasonId = useId();
  const [explained, setExplained] = useState<JobCommand | null>(null);
  const command = useCommand<JobCommand, Job>(
    (name) => `/api/admin/jobs/${encodeURIComponent(job.jobId)}/${name}?scope=${scope}`,
    { body: () => ({}), onSuccess: () => client.invalidateQueries({ queryKey: jobsKey }) },
  );
  const isAllowed = (name: JobCommand) =>
    jobCommandsIn(job.state).includes(name) && !(name === "cancel" && job.isCancelAsked);
  const whyNot = (name: JobCommand) =>
    t(`job.whyNot.${name}`, { state: t(`jobState.${job.state}`) });
  const press = (name: JobCommand) => {
    if (command.isPending) return;
    if (isAllowed(name)) command.mutate(name);
    else setExplained(name);
  };
  return (
    <div className="job-commands">
      {commands.map((name) => (
        <button
          key={name}
          type="button"
          className={name === "cancel" && isAllowed(name) ? "button button-danger" : "button"}
          aria-disabled={!isAllowed(name) || command.isPending}
          aria-describedby={explained === name ? reasonId : undefined}
          title={isAllowed(name) ? undefined : whyNot(name)}
          onClick={() => press(name)}
          onFocus={() => setExplained(isAllowed(name) ? null : name)}
          onBlur={() => setExplained(null)}
        >
          {t(`job.command.${name}`)}
        </button>
      ))}
      <span id={reasonId} className="job-reason" aria-live="polite">
        {explained === null || isAllowed(explained) ? "" : whyNot(explained)}
      </span>
      {command.error !== null && <ProblemNote error={command.error} />}
    </div>
  );
}

const commands = ["cancel", "retry"] as const satisfies readonly JobCommand[];
