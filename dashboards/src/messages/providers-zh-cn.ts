import type { Words } from "./en.ts";
import type { providersEn } from "./providers-en.ts";

/** 登录提供方页面的用语。 */
export const providersZhCn: Words<typeof providersEn> = {
  provider: {
    none: "目前使用密码登录。可添加 OpenID 提供方，例如 Entra ID、Google 或 Keycloak。",
    add: "添加提供方",
    addTitle: "添加登录提供方",
    changeTitle: "修改 {name}",
    change: "修改",
    remove: "移除",
    removeTitle: "移除 {name}",
    removeLead: "之后无法再通过它登录。已打开的会话会持续到其结束。",
    save: "保存",
    name: "名称",
    nameHint: "显示在登录页的按钮上。",
    issuer: "签发者",
    issuerHint: "提供方的自称地址；其配置从该地址读取。",
    clientId: "客户端 ID",
    clientSecret: "客户端密钥",
    secretKept: "留空则保留已保存的密钥。",
    redirectUri: "回调地址",
    redirectLead: "请在提供方登记允许返回此地址：",
    isActive: "允许通过它登录",
    provisions: "凡其以已验证邮箱认识的人都成为用户",
    provisionsHint: "否则仅受邀者可通过它登录。",
    state: { active: "启用", inactive: "已停用" },
    who: { invited: "受邀者", everybody: "其认识的所有人" },
    column: { name: "提供方", issuer: "签发者", state: "状态", who: "适用对象", actions: "操作" },
    made: "{name} 已就绪",
  },
};
