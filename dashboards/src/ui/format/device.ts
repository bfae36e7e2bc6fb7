/** What a person would call the browser of a session, from its User-Agent; null for a program. */
export function deviceOf(userAgent: string): { browser: string; system: string | null } | null {
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent))?.[0];
  if (browser === undefined) return null;
  const system = systems.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? null;
  return { browser, system };
}

/** In this order: each of them also names those below it. */
const browsers: readonly [name: string, pattern: RegExp][] = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ["Safari", /\bSafari\//],
];

const systems: readonly [name: string, pattern: RegExp][] = [
  ["iPad", /\biPad\b/],
  ["iPhone", /\biPhone\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
];
