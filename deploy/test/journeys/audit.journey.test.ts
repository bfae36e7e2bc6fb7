import pg from "pg";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { setUpInBrowser } from "../people.ts";
import { type Plant, startPlant } from "../plant.ts";
import { visit } from "../visit.ts";

// One administrator: what she changes is in the trail, and what could not be digested she brings back.
it("shows before and after of a changed user, and retries a parked event from the board", async () => {
  await using plant = await startPlant();
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    await renameUser(page);
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByLabel("Object", { exact: true }).selectOption({ label: "User" });
    const edit = page.getByRole("row").filter({ hasText: "Olaf Berg" }).first();
    await edit.getByText("Name", { exact: true }).waitFor();
    expect(await edit.locator("del").first().textContent()).toBe("Olaf");
    expect(await edit.locator("ins").first().textContent()).toBe("Olaf Berg");
    expect(await edit.textContent()).toContain("Ada");
    expect(await edit.textContent()).toMatch(/Chrome on Linux · (127\.0\.0\.1|::1)/);
    await picture("audit");

    await parkNewest(plant);
    await page.getByRole("link", { name: "Event board" }).click();
    const row = page.getByRole("row").filter({ hasText: "identity.directory" });
    await row.getByText("Has parked events").waitFor();
    await row.getByRole("button", { name: "Parked" }).click();
    const parked = page.getByRole("table", { name: "Parked events of Sign-in directory" });
    await parked.getByText("Error: no such column").waitFor();
    await picture("event-board");
    await parked.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
    await page.getByText("Nothing is parked: every event was digested.").waitFor();
    await row.getByText("Works").waitFor();
  });
}, 60_000);

async function renameUser(page: Page): Promise<void> {
  await page.goto("/admin/users");
  await page.getByRole("button", { name: "Invite user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Olaf");
  await dialog.getByLabel("Email address").fill("olaf@example.com");
  await dialog.getByLabel("Viewer").check();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("link", { name: "Olaf" }).click();
  const rights = page.getByRole("region", { name: "Name, department and roles" });
  await rights.getByLabel("Name", { exact: true }).fill("Olaf Berg");
  await rights.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Olaf Berg" }).waitFor();
}

/** As if a release of the worker had failed at the newest event of the directory, and gone on without it. */
async function parkNewest({ worker, database }: Plant): Promise<void> {
  await worker.stop();
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  try {
    await owner.query(`
      insert into platform.parked_event
        (subscription, position, tenant_id, stream, reason, next_attempt_time)
      select s.name, e.position, e.tenant_id, e.stream, 'Error: no such column', null
        from platform.subscription s
       cross join lateral platform.read_events(0, 10000, s.types) e
       where s.name = 'identity.directory' and e.position <= s.position
       order by e.position desc
       limit 1`);
  } finally {
    await owner.end();
  }
  await worker.start();
}
