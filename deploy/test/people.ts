import type { Page } from "playwright-core";

import type { Plant } from "./plant.ts";

/** The administrator whom `setUpInBrowser` makes. */
export const ada = {
  name: "Ada",
  email: "ada@example.com",
  password: "seven brackets on a pallet",
} as const;

/** Goes through the first run of a fresh installation; ends on the plant page as its administrator. */
export async function setUpInBrowser(page: Page, plant: Plant): Promise<void> {
  await page.goto(`/setup#code=${plant.setupCode}`);
  await fillSetup(page);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { name: "Plant", level: 1 }).waitFor();
}

/** Everything the first run asks for but the code. */
export async function fillSetup(page: Page): Promise<void> {
  await page.getByLabel("Name of the company").fill("Nordwerk GmbH");
  await page.getByLabel("Name of the site").fill("Werk Süd");
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByText(/^It is \d\d:\d\d there now/).waitFor();
  await page.getByLabel("Name", { exact: true }).fill(ada.name);
  await page.getByLabel("Email address").fill(ada.email);
  await page.getByLabel("Password", { exact: true }).fill(ada.password);
}

/** Types address and password at the sign-in; what comes next is the test's to expect. */
export async function signIn(
  page: Page,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /profile and sign out/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}
