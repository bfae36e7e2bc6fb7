import type { JobSummary } from "@millwright/contracts/api";
import { jobStates } from "@millwright/contracts/states/tables";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { type JobFilter, jobsQuery } from "../api/job-queries.ts";
import { JobCommands } from "../panels/jobs/job-commands.tsx";
import { JobProgress } from "../panels/jobs/job-progress.tsx";
import { JobStateMark } from "../panels/jobs/job-state-mark.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { DataAge } from "../ui/age.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useFormat } from "../ui/use-format.ts";
import { readJobFilter } from "./job-filter.ts";

/** What works in the background, newest first: how far it is, what failed, and what to do about it. */
export function JobsPage() {
  const t = useTranslations();
  // Read again: the router hands on what nobody understands.
  const filter = readJobFilter(useSearch({ from: paths.jobs }));
  const query = useInfiniteQuery(jobsQuery(filter));
  return (
    <>
      <PageHead title={t("page.jobs")}>
        <Filter filter={filter} />
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={8} height={52} />}>
        {({ pages }) => (
          <>
            <JobTable jobs={pages.flatMap((page) => page.rows)} filter={filter} />
            {query.hasNextPage && (
              <button
                type="button"
                className="button"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.older")}
              </button>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Filter({ filter }: { filter: JobFilter }) {
  const t = useTranslations();
  const navigate = useNavigate();
  const show = (search: JobFilter) => void navigate({ to: paths.jobs, search, replace: true });
  const chooseState = (value: string) => {
    const state = jobStates.find((one) => one === value);
    const { state: _, ...rest } = filter;
    show({ ...rest, ...(state !== undefined && { state }) });
  };
  const chooseScope = (value: string) => {
    const { scope: _, ...rest } = filter;
    show({ ...rest, ...(value === "installation" && { scope: "installation" as const }) });
  };
  return (
    <search className="filter">
      <select
        className="select"
        aria-label={t("job.scopeFilter")}
        value={filter.scope ?? "tenant"}
        onChange={(event) => chooseScope(event.target.value)}
      >
        <option value="tenant">{t("job.scope.tenant")}</option>
        <option value="installation">{t("job.scope.installation")}</option>
      </select>
      <select
        className="select"
        aria-label={t("job.stateFilter")}
        value={filter.state ?? ""}
        onChange={(event) => chooseState(event.target.value)}
      >
        <option value="">{t("job.allStates")}</option>
        {jobStates.map((state) => (
          <option key={state} value={state}>
            {t(`jobState.${state}`)}
          </option>
        ))}
      </select>
    </search>
  );
}

function JobTable({ jobs, filter }: { jobs: readonly JobSummary[]; filter: JobFilter }) {
  const t = useTranslations();
  if (jobs.length === 0) {
    return (
      <div className="empty">
        <p>{t(filter.state === undefined ? "job.none" : "job.noneFound")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table table-jobs" aria-label={t("page.jobs")}>
        <thead>
          <tr>
            <th>{t("job.column.job")}</th>
            <th>{t("job.column.state")}</th>
            <th>{t("job.column.progress")}</th>
            <th className="number column-wide">{t("job.column.attempts")}</th>
            <th>{t("job.column.added")}</th>
            <th className="column-wide">{t("job.column.took")}</th>
            <th>{t("job.column.actions")}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.jobId} job={job} filter={filter} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function JobRow({ job, filter }: { job: JobSummary; filter: JobFilter }) {
  const t = useTranslations();
  const format = useFormat();
  const { startedTime, finishedTime } = job;
  const tookMs =
    startedTime === null || finishedTime === null
      ? null
      : Date.parse(finishedTime) - Date.parse(startedTime);
  // Jobs of a newer server than these screens are shown by their name.
  const known = jobNames.find((name) => name === job.name);
  return (
    <tr>
      <th scope="row" className="cell-item">
        {known === undefined ? job.name : t(`jobName.${known}`)}
        <span className="address">{job.name}</span>
      </th>
      <td>
        <JobStateMark job={job} />
        {job.failure !== null && job.state !== "completed" && (
          <span className="job-failure">{job.failure}</span>
        )}
      </td>
      <td className="cell-progress">
        <JobProgress job={job} />
      </td>
      <td className="number column-wide">
        {job.attempt} / {job.attemptsMax}
      </td>
      <td>
        <DataAge time={job.addedTime} isHeld />
      </td>
      <td className="column-wide">{tookMs === null ? "–" : format.duration(tookMs)}</td>
      <td>
        <JobCommands job={job} scope={filter.scope ?? "tenant"} />
      </td>
    </tr>
  );
}

const jobNames = [
  "analytics.archive",
  "platform.ensure_event_partitions",
  "platform.forget_idempotency_keys",
  "platform.forget_jobs",
  "platform.forget_settled",
  "purchasing.ask_availability",
] as const;
