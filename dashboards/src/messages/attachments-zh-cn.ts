import type { attachmentsEn } from "./attachments-en.ts";
import type { Words } from "./en.ts";

/** 图纸与文档的用词。 */
export const attachmentsZhCn: Words<typeof attachmentsEn> = {
  attachments: {
    title: "图纸与文档",
    add: "添加附件",
    none: "没有附件。",
    file: "文件",
    hint: "PDF、PNG、JPEG、SVG 或 STEP，最大 10 MiB。",
    step: "属于",
    ofItem: "物料本身",
    size: "大小",
    by: "添加者",
    remove: "移除",
    removeOne: "移除 {name}",
    sure: "移除后无法恢复。",
  },
};
