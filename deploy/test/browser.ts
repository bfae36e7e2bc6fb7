import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium } from "playwright-core";

const executables = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium lies on this machine, or null; `npm test` installs Debian's as root. */
export function findChromium(): string | null {
  const chosen = process.env["CHROMIUM_PATH"];
  return [...(chosen === undefined ? [] : [chosen]), ...executables].find(existsSync) ?? null;
}

/** A headless browser with a profile of its own; everything it started ends when disposed. */
export async function openBrowser(options: {
  baseURL: string;
  colorScheme?: "light" | "dark";
  viewport?: { width: number; height: number };
}): Promise<{ context: BrowserContext } & AsyncDisposable> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("no Chromium: run npm test as root on Debian");
  const profile = await mkdtemp(join(tmpdir(), "millwright-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    baseURL: options.baseURL,
    colorScheme: options.colorScheme ?? "light",
    viewport: options.viewport ?? { width: 1440, height: 900 },
    locale: "en-GB",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  context.setDefaultTimeout(15_000);
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
