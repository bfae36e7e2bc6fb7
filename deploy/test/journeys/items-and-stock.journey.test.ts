import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { setUpInBrowser } from "../people.ts";
import { startPlant } from "../plant.ts";
import { visit } from "../visit.ts";

// From nothing to stock: an engineer says what a thing consists of, a storekeeper receives it by scanner.
it("makes an item with an approved BOM, and receives its part by scanner", async () => {
  await using plant = await startPlant();
  await visit(plant, async ({ page, picture }) => {
    await setUpInBrowser(page, plant);
    const pages = page.getByRole("navigation", { name: "Main navigation" });
    await pages.getByRole("link", { name: "Items" }).click();
    await page.getByText("There is no item yet.").waitFor();
    await createItem(page, { number: "TUBE-30", name: "Square tube", kind: "buy", price: "2,50" });
    await createItem(page, { number: "TUBE-32", name: "Round tube", kind: "buy", price: "3" });
    await createItem(page, { number: "SWARF", name: "Steel swarf", kind: "buy", price: "1" });
    await createItem(page, { number: "PLATE-1", name: "Plate", kind: "make", price: "" });
    await sortByPrice(page);
    await createItem(page, { number: "FRAME-1", name: "Frame", kind: "make", price: "" });

    // A draft: two tubes, then four, then undone.
    await page.getByRole("link", { name: "Bill of materials" }).click();
    await page.getByRole("button", { name: "New revision" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Revision").fill("A");
    await dialog.getByRole("button", { name: "Make draft" }).click();
    await pick(page, "Add a component", "TUBE-30");
    const quantity = page.getByLabel("Quantity, TUBE-30");
    await quantity.fill("2");
    await quantity.blur();
    await quantity.fill("4");
    await page.keyboard.press("Control+z");
    expect(await quantity.inputValue()).toBe("2");
    await pick(page, "Add a component", "PLATE-1");
    await page.getByLabel("Quantity, PLATE-1").waitFor();
    await describeTube(page);
    await picture("bom-draft");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Approve" }).click();
    await dialog.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Approved", { exact: true }).waitFor();
    await page
      .getByRole("row", { name: /TUBE-30/ })
      .getByText("TUBE-32")
      .waitFor();
    const outputs = page.getByRole("table", { name: "By-products" });
    await outputs.getByRole("row", { name: /SWARF/ }).getByText("0.2").waitFor();

    // The tree costs ten frames: 20 tubes at 2.50.
    await page.getByRole("link", { name: "Tree" }).click();
    await page.getByLabel("For").fill("10");
    const tree = page.getByRole("treegrid");
    const tube = tree.getByRole("row", { name: /TUBE-30/ });
    await tube.getByText("50.00").waitFor();
    await page.getByText("1 item has no price").getByRole("link", { name: "PLATE-1" }).waitFor();
    await picture("bom-tree");

    // A part that consists of the whole is refused by name.
    await tree
      .getByRole("row", { name: /PLATE-1/ })
      .getByRole("link")
      .click();
    await page.getByRole("link", { name: "BOM revisions" }).click();
    await page.getByRole("button", { name: "New revision" }).click();
    await dialog.getByLabel("Revision").fill("A");
    await dialog.getByRole("button", { name: "Make draft" }).click();
    await pick(page, "Add a component", "FRAME-1");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/PLATE-1 would be a part of itself: .*FRAME-1/).waitFor();

    await importLine(page);
    await addPlaces(page);
    await page.goto("/scanner?task=receive");
    const item = page.getByLabel("Scan the item or lot");
    await item.fill("A-01");
    await item.press("Enter");
    await page.getByText("That is a place.").waitFor();
    await item.fill("TUBE-30");
    await item.press("Enter");
    await page.getByLabel("How many?").fill("25");
    await page.keyboard.press("Enter");
    const bin = page.getByLabel("Scan the bin it goes into");
    await page.getByRole("button", { name: /A-01/ }).waitFor();
    await bin.fill("A-01");
    await bin.press("Enter");
    await page.getByRole("region", { name: "Received now" }).getByText("TUBE-30").waitFor();
    await picture("receive");

    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Search pages/ }).fill("stock");
    await page.keyboard.press("Enter");
    const lying = page
      .getByRole("table", { name: "Balances" })
      .getByRole("row", { name: /TUBE-30/ });
    await lying.getByText("A-01").waitFor();
    expect(await lying.innerText()).toContain("25");

    // Some of it is kept for an order, and given back.
    await lying.getByRole("button", { name: "Reserve" }).click();
    await dialog.getByLabel("Quantity pc").fill("10");
    await dialog.getByLabel("Kept for").fill("WO-7");
    await dialog.getByRole("button", { name: "Reserve" }).click();
    await expect.poll(() => lying.getByRole("cell", { name: "15 pc" }).count()).toBe(1);
    await page.getByRole("link", { name: "Reservations" }).click();
    const kept = page.getByRole("row", { name: /WO-7/ });
    await kept.getByText("Kept", { exact: true }).waitFor();
    await picture("reservations");
    await kept.getByRole("button", { name: "Give back" }).click();
    await kept.getByText("Given back").waitFor();
  });
}, 120_000);

async function createItem(
  page: Page,
  item: { number: string; name: string; kind: "make" | "buy"; price: string },
): Promise<void> {
  await page.goto("/items");
  await page.getByRole("button", { name: "New item" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Item number").fill(item.number);
  await dialog.getByLabel("Name", { exact: true }).fill(item.name);
  await dialog.getByLabel("Kind").selectOption(item.kind);
  await dialog.getByLabel("Purchase price").fill(item.price);
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name: item.number, level: 1 }).waitFor();
}

/** Cheapest first, dearest first, as the list is; what has no price comes last. */
async function sortByPrice(page: Page): Promise<void> {
  await page.goto("/items");
  const price = page.getByRole("columnheader", { name: "Purchase price" });
  const orders = {
    ascending: ["SWARF", "TUBE-30", "TUBE-32", "PLATE-1"],
    descending: ["TUBE-32", "TUBE-30", "SWARF", "PLATE-1"],
  };
  for (const [order, numbers] of Object.entries(orders)) {
    await price.getByRole("button").click();
    await page.locator(`[aria-sort=${order}]`).waitFor();
    const names = page.getByRole("table", { name: "Items" }).getByRole("rowheader");
    await expect.poll(() => names.allInnerTexts()).toEqual(numbers);
  }
  await page.reload();
  await page.locator("[aria-sort=descending]").waitFor();
}

/** Another tube may stand in for the tube, and swarf comes out beside the frame. */
async function describeTube(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Details of TUBE-30" }).click();
  const dialog = page.getByRole("dialog");
  await pick(page, "Add an alternate", "TUBE-32");
  await dialog.getByLabel("Quantity, TUBE-32").fill("3");
  await dialog.getByRole("button", { name: "Take over" }).click();
  await page.getByText("1 alternate", { exact: true }).waitFor();
  await pick(page, "Add a by-product", "SWARF");
  await page.getByLabel("Quantity, SWARF").fill("0,2");
}

/** The plate's lines from a file: tried, then saved. */
async function importLine(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Files", { exact: true }).click();
  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = page.getByRole("dialog");
  const text = "productNumber;revision;position;itemNumber;quantity;uom\nPLATE-1;B;10;TUBE-30;1;pc";
  const file = { name: "plate.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await dialog.getByLabel("CSV or XLSX").setInputFiles(file);
  await dialog.getByRole("button", { name: "Try" }).click();
  await dialog.getByText("1 of 1 rows are good").waitFor();
  await dialog.getByRole("button", { name: "Save all" }).click();
  await dialog.getByText("1 row is saved.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
}

/** Chooses an item as a person does: typing its number, Enter. */
async function pick(page: Page, label: string, number: string): Promise<void> {
  const field = page.getByRole("combobox", { name: label });
  await field.fill(number);
  await field.press("Enter");
}

/** A site with a warehouse of one bin, and where goods come from. */
async function addPlaces(page: Page): Promise<void> {
  await page.goto("/stock?view=locations");
  const dialog = page.getByRole("dialog");
  for (const [kind, code, liesIn] of [
    ["site", "SITE", null],
    ["warehouse", "WH", "SITE"],
    ["bin", "A-01", "WH"],
    ["supplier", "SUPPLIER", null],
  ] as const) {
    await page.getByRole("button", { name: "New place" }).click();
    await dialog.getByLabel("Kind").selectOption(kind);
    if (liesIn !== null) {
      await dialog.getByLabel("Lies in").selectOption({ label: `${liesIn} · Place ${liesIn}` });
    }
    await dialog.getByLabel("Code").fill(code);
    await dialog.getByLabel("Name", { exact: true }).fill(`Place ${code}`);
    await dialog.getByRole("button", { name: "Add" }).click();
    await page.getByRole("row", { name: new RegExp(`^${code} `) }).waitFor();
  }
}
