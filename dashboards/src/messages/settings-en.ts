/** Words of the page of settings and features. */
export const settingsEn = {
  settings: {
    title: "Settings of the company",
    flags: "Features",
    processes: "What the processes run with",
    save: "Save",
    never: "Never changed",
    changed: "{by}, {date} {time}",
    fallback: "Default: {value}",
    percentage: "Percent of the people",
    percentageHint: "Always the same people; raising it only adds some.",
    roles: "And everybody of these roles",
    rolesHint: "Short names, with commas between them: planner, operator",
    name: "Setting",
    value: "Value",
    source: "From",
    meaning: "Meaning",
    since: "since {date} {time}",
    sources: { environment: "environment", default: "default", unset: "not set" },
    names: {
      locale: "Language",
      oeeRange: "OEE as a range above (% without data)",
      machineDown: "Alert when a machine is down for (minutes)",
      lateGrace: "Grace of late orders (minutes)",
    },
  },
};
