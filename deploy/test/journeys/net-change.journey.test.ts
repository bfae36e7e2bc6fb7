import type { Item } from "@millwright/contracts/api";
import { it } from "vitest";

import { apiClient } from "../api.ts";
import { setUpInBrowser } from "../people.ts";
import { startPlant } from "../plant.ts";
import { visit } from "../visit.ts";

// A planner runs MRP, somebody asks for more, and the plan is brought up to date where she looks at it.
it("updates the plan after a demand, and says how much was planned again", async () => {
  await using plant = await startPlant();
  const api = apiClient(plant.coreUrl, plant.database.apiKey);
  const item = (number: string, kind: string) =>
    api.post<Item>("/api/items", { number, name: number, kind, uom: "pc", operations: [] });
  const frame = await item("FRAME-1", "make");
  const tube = await item("TUBE-30", "buy");
  const lines = [{ position: 10, itemId: tube.itemId, quantity: "4", uom: "pc" }];
  const bom = await api.post<{ bomId: string }>(`/api/items/${frame.itemId}/boms`, {
    revision: "A",
    quantity: "1",
    lines,
  });
  await api.post(`/api/boms/${bom.bomId}/approve`, { from: "2026-01-01" });
  const ask = (quantity: string, days: number) =>
    api.post("/api/planning/demands", {
      kind: "sales_order",
      itemId: frame.itemId,
      quantity,
      dueDay: inDays(days),
      reference: `SO-${days}`,
    });
  await ask("10", 20);
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    await page.goto("/plans");
    await page.getByText("Nothing has been planned yet.").waitFor();
    await page.getByRole("button", { name: "Update plan", disabled: true }).waitFor();
    await page.getByRole("button", { name: "Run MRP" }).click();
    const orders = page.getByRole("table", { name: "Planned orders" });
    await orders
      .getByRole("row", { name: /TUBE-30/ })
      .getByText("40")
      .waitFor();

    await ask("3", 30);
    await page.getByRole("button", { name: "Update plan" }).click();
    await page.getByText("One item had changed, 2 planned again, 2 orders differ.").waitFor();
    await orders
      .getByRole("row", { name: /TUBE-30/ })
      .getByText("12")
      .waitFor();
    await picture("plan-updated");

    await page.goto("/plans");
    await page.getByRole("button", { name: "Update plan" }).click();
    await page.getByText("Nothing had changed.").waitFor();
    await picture("net-change");
    await page.getByRole("link", { name: "Open the plan" }).click();
    await orders.waitFor();
    await page.goto("/plans");
    await page
      .getByRole("row", { name: /Net change/ })
      .first()
      .waitFor();
    await picture("plans");
  });
}, 120_000);

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
