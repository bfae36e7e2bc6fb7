import pg from "pg";
import { expect, it } from "vitest";

import { setUpInBrowser } from "../people.ts";
import { type Plant, startPlant } from "../plant.ts";
import { visit } from "../visit.ts";

// A plant manager looks back on a month: which days, which shifts, which machines.
it("reports OEE by day, shift and machine, with what kept machines from producing", async () => {
  await using plant = await startPlant();
  await makeMonth(plant);
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    const pages = page.getByRole("navigation", { name: "Main navigation" });
    await pages.getByRole("link", { name: "Analytics" }).click();
    const days = page.getByRole("table", { name: "Production day" });
    await days.getByRole("row", { name: /Whole range/ }).waitFor();
    // Seven days and the range; today is one of them.
    expect(await days.getByRole("row").count()).toBe(1 + 1 + 7);
    await page.getByText("30 days").click();
    await expect.poll(() => days.getByRole("row").count(), { timeout: 15_000 }).toBe(1 + 1 + 30);
    // Charts draw what the tables say.
    await expect.poll(() => page.locator(".echart canvas").count(), { timeout: 15_000 }).toBe(2);
    await picture("analytics-days");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 820, height: 1180 });
    await picture("analytics-tablet-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByText("Machine", { exact: true }).first().click();
    const machines = page.getByRole("table", { name: "Machine", exact: true });
    await machines.getByRole("row", { name: /Press 1/ }).waitFor();
    await picture("analytics-machines");
    await page.getByText("Shift", { exact: true }).click();
    const shifts = page.getByRole("table", { name: "Shift" });
    await shifts
      .getByRole("row", { name: /No calendar/ })
      .first()
      .waitFor();
    // The link says what is shown.
    expect(page.url()).toContain("by=shift");
  });
});

/** Three machines that produced, idled and stood for thirty days, each in its own rhythm. */
async function makeMonth({ database }: Plant): Promise<void> {
  const client = new pg.Client({ connectionString: database.home.owner });
  await client.connect();
  try {
    await client.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
    await client.query(
      `with area as (
         insert into equipment.area (area_id, tenant_id, site_id, name)
         values (gen_random_uuid(), $1, $2, 'Forming')
         returning area_id
       ), center as (
         insert into equipment.work_center (work_center_id, tenant_id, area_id, name, display_order)
         select gen_random_uuid(), $1, area_id, 'Press ' || n, n from area, generate_series(1, 3) n
         returning work_center_id, name
       )
       insert into equipment.work_unit (work_unit_id, tenant_id, work_center_id, name)
       select gen_random_uuid(), $1, work_center_id, name from center`,
      [database.tenantId, database.siteId],
    );
    await client.query(
      `insert into production.state_point (tenant_id, work_unit_id, source_time, state)
       select $1, u.work_unit_id, date_trunc('hour', now()) - interval '31 days' + n * interval '47 minutes',
              (array['producing', 'producing', 'idle', 'producing', 'down', 'producing', 'setup'])
                [1 + (n * right(u.name, 1)::integer + n / 9) % 7]
         from equipment.work_unit u, generate_series(0, 31 * 24 * 60 / 47) n`,
      [database.tenantId],
    );
    await client.query(
      `with work_order as (
         insert into production.work_order
           (work_order_id, tenant_id, number, item_id, item_number, item_name, uom, quantity, state, version)
         values (gen_random_uuid(), $1, 'WO-1', gen_random_uuid(), 'B-1', 'Bracket', 'pc', 9e6, 'in_progress', 1)
         returning work_order_id
       ), operation as (
         insert into production.work_order_operation
           (work_order_id, step, tenant_id, name, work_center_id, state, run_ms_per_unit, setup_ms)
         select work_order_id, 10, $1, 'Press', gen_random_uuid(), 'running', 3400, 0 from work_order
         returning work_order_id, step
       )
       insert into production.count_minute
         (tenant_id, work_unit_id, minute, work_order_id, step, good, scrap)
       select $1, u.work_unit_id, date_trunc('hour', now()) - interval '31 days' + n * interval '10 minutes',
              work_order_id, step, 90 + (n / 144) % 7 * 4 + n % 13, (n % 11 = 0)::integer * 40
         from equipment.work_unit u, operation, generate_series(0, 31 * 24 * 6) n`,
      [database.tenantId],
    );
  } finally {
    await client.end();
  }
}
