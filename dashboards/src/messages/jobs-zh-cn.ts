import type { Words } from "./en.ts";
import type { jobsEn } from "./jobs-en.ts";

/** 后台作业页面的用语。 */
export const jobsZhCn: Words<typeof jobsEn> = {
  job: {
    none: "最近 24 小时没有作业。",
    noneFound: "没有处于此状态的作业。",
    stateFilter: "状态",
    allStates: "全部状态",
    scopeFilter: "作业归属",
    scope: { tenant: "本公司", installation: "系统维护" },
    stopping: "正在停止",
    doneOf: "{done} / {total}",
    column: {
      job: "作业",
      state: "状态",
      progress: "进度",
      attempts: "尝试次数",
      added: "提交于",
      took: "用时",
      actions: "操作",
    },
    command: { cancel: "取消", retry: "重试" },
    whyNot: {
      cancel: "只能取消等待中或运行中的作业；当前状态：{state}。",
      retry: "只能重试失败或已取消的作业；当前状态：{state}。",
    },
  },
  jobState: {
    waiting: "等待中",
    scheduled: "已排期",
    retrying: "等待重试",
    active: "运行中",
    completed: "已完成",
    failed: "失败",
    cancelled: "已取消",
  },
  jobName: {
    platform: {
      ensure_event_partitions: "为下月事件建立分区",
      forget_idempotency_keys: "清除过期请求键",
      forget_jobs: "清除过期作业",
      forget_settled: "清除早已完成的邮件与推送",
    },
    analytics: { archive: "归档已结束日期的读数" },
    purchasing: { ask_availability: "向供应商询问可供数量" },
  },
};
