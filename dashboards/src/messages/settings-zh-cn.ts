import type { settingsEn } from "./settings-en.ts";

/** Words of the page of settings and features, Simplified Chinese. */
export const settingsZhCn: typeof settingsEn = {
  settings: {
    title: "公司设置",
    flags: "功能开关",
    processes: "各进程的运行配置",
    save: "保存",
    never: "从未更改",
    changed: "{by}，{date} {time}",
    fallback: "默认值：{value}",
    percentage: "人员百分比",
    percentageHint: "始终是同一批人；调高只会增加人数。",
    roles: "以及这些角色的所有人",
    rolesHint: "角色简称，用逗号分隔：planner, operator",
    name: "设置项",
    value: "值",
    source: "来源",
    meaning: "含义",
    since: "自 {date} {time}",
    sources: { environment: "环境变量", default: "默认值", unset: "未设置" },
    names: {
      locale: "语言",
      oeeRange: "无数据时间超过此比例（%）时 OEE 显示为范围",
      machineDown: "设备停机超过此时长即告警（分钟）",
      lateGrace: "延期宽限（分钟）",
      machineTimeDays: "数据库中保留设备时间（天）",
      rawDays: "数据库中保留读数（天）",
    },
  },
};
