import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { openBrowser } from "./browser.ts";
import type { Plant } from "./plant.ts";

/** Pictures of the last run, for a person to look at. */
const pictures = join(import.meta.dirname, "../../.cache/pictures");

/** A plant as people see it. */
export type Visit = {
  /** The page of the first person. */
  readonly page: Page;
  /** The page of one more person, in a browser of their own. */
  readonly anotherPerson: () => Promise<Page>;
  /** Keeps a picture of the first person's page, or of another one. */
  readonly picture: (name: string, of?: Page) => Promise<void>;
};

/**
 * Runs a journey in the browser. When it fails, pictures of all its pages are kept and the error tells
 * the plant's log; an error in a page's own script fails it too.
 */
export async function visit(plant: Plant, journey: (visit: Visit) => Promise<void>): Promise<void> {
  await using browsers = new AsyncDisposableStack();
  await mkdir(pictures, { recursive: true });
  const pages: Page[] = [];
  const problems: string[] = [];
  const anotherPerson = async (): Promise<Page> => {
    const browser = browsers.use(await openBrowser({ baseURL: plant.coreUrl }));
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    pages.push(page);
    return page;
  };
  const page = await anotherPerson();
  const picture = async (name: string, of = page): Promise<void> => {
    await of.screenshot({ path: join(pictures, `${name}.png`) });
  };
  try {
    await journey({ page, anotherPerson, picture });
    expect(problems).toEqual([]);
  } catch (error) {
    for (const [index, of] of pages.entries()) await picture(`failed-${index + 1}`, of);
    throw new Error(plant.logs(), { cause: error });
  }
}
