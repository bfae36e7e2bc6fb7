/** Words of the jobs page. */
export const jobsEn = {
  job: {
    none: "No job in the last 24 hours.",
    noneFound: "No job in this state.",
    stateFilter: "State",
    allStates: "All states",
    scopeFilter: "Whose jobs",
    scope: { tenant: "Of the company", installation: "Upkeep of the installation" },
    stopping: "Stopping",
    doneOf: "{done} of {total}",
    column: {
      job: "Job",
      state: "State",
      progress: "Progress",
      attempts: "Tries",
      added: "Asked for",
      took: "Took",
      actions: "Actions",
    },
    command: { cancel: "Cancel", retry: "Retry" },
    whyNot: {
      cancel: "Only a job that waits or runs can be cancelled; this one: {state}.",
      retry: "Only a job that failed or was cancelled can be retried; this one: {state}.",
    },
  },
  jobState: {
    waiting: "Waiting",
    scheduled: "Scheduled",
    retrying: "Tries again",
    active: "Running",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  jobName: {
    platform: {
      ensure_event_partitions: "Make room for next month's events",
      forget_idempotency_keys: "Forget old request keys",
      forget_jobs: "Forget old jobs",
      forget_settled: "Forget mails and deliveries of long ago",
    },
    analytics: { archive: "Archive closed days of readings" },
    purchasing: { ask_availability: "Ask a supplier what is available" },
  },
};
