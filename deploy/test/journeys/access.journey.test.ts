import type { Page } from "playwright-core";
import { expect, it } from "vitest";

import { TestOidcProvider } from "../oidc-provider.ts";
import { setUpInBrowser } from "../people.ts";
import { startPlant } from "../plant.ts";
import { visit } from "../visit.ts";

// Two people in two browsers: what the administrator changes, the other one's open page follows.
it("invites a viewer, gives a role that counts without a reload, and explains a refusal", async () => {
  await using plant = await startPlant();
  await visit(plant, async ({ page: admin, anotherPerson, picture }) => {
    const olaf = await anotherPerson();
    await setUpInBrowser(admin, plant);
    const link = await invite(admin);
    await olaf.goto(link);
    await olaf.getByRole("heading", { name: "Welcome to Millwright" }).waitFor();
    await olaf.getByLabel("New password", { exact: true }).fill("the saw sings at noon");
    await olaf.getByRole("button", { name: "Accept the invitation" }).click();
    await olaf.getByRole("heading", { name: "Plant", level: 1 }).waitFor();
    const olafsPages = olaf.getByRole("navigation", { name: "Main navigation" });
    expect(await olafsPages.getByRole("link", { name: "Users" }).count()).toBe(0);

    // A viewer sees the orders and no button to make one.
    await olafsPages.getByRole("link", { name: "Work orders" }).click();
    await olaf.getByText("There is no work order yet.").waitFor();
    const newOrder = olaf.getByRole("button", { name: "New work order" });
    expect(await newOrder.count()).toBe(0);

    // By hand he asks for a page that is not his, and is refused.
    await olaf.goto("/admin/users");
    await olaf.getByText("permission.missing").waitFor();

    // The administrator sees that refusal and its reason.
    await admin.goto("/admin/access?view=why");
    const refused = admin.getByRole("table", { name: "Refused lately" }).getByRole("row");
    const refusal = refused.filter({ hasText: "Olaf" }).first();
    await refusal.getByRole("button", { name: "Explain" }).click();
    const answer = admin.getByRole("region", { name: "Answer" });
    await answer.getByText("Refused, by the rules as they are now").waitFor();
    await picture("why-refused");

    // By keyboard: viewers may look at users. Olaf's page shows them without a reload.
    await admin.goto("/admin/access");
    await admin.getByRole("gridcell", { name: "Viewer, User, Every action" }).click();
    await admin.keyboard.press("ArrowDown");
    await admin.keyboard.press("a");
    await admin.getByText("1 change not saved").waitFor();
    await picture("role-matrix");
    await admin.getByRole("button", { name: "Save" }).click();
    await admin.getByText("1 change not saved").waitFor({ state: "detached" });
    await olaf.getByRole("table", { name: "Users" }).getByText("ada@example.com").waitFor(slow);

    // And with another role he may make orders.
    await admin.goto("/admin/users");
    await admin.getByRole("link", { name: "Olaf" }).click();
    await admin.getByLabel("Planner").check();
    await admin.getByRole("button", { name: "Save" }).click();
    await admin.getByRole("button", { name: "Discard" }).waitFor({ state: "detached" });
    await olafsPages.getByRole("link", { name: "Work orders" }).click();
    await newOrder.waitFor(slow);

    // Deactivated, he is out at once.
    await admin.getByRole("button", { name: "Deactivate" }).click();
    await admin.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await admin.getByText("Inactive", { exact: true }).waitFor();
    await olaf.getByRole("heading", { name: "Sign in" }).waitFor(slow);

    // A provider is added on its page; Mia, whom it knows and we do not, signs in by it.
    await using provider = await TestOidcProvider.on();
    provider.knows({ sub: "mia", name: "Mia", email: "mia@example.com", email_verified: true });
    await provider.start(await addProvider(admin, provider));
    await picture("providers");
    const mia = await anotherPerson();
    await signInBy(provider, mia, "mia");
    await mia.getByRole("button", { name: /^Mia/ }).waitFor();
    await picture("signed-in-by-provider", mia);
    await admin.goto("/admin/users");
    await admin.getByRole("table", { name: "Users" }).getByText("mia@example.com").waitFor();
  });
}, 120_000);

/** Adds the provider; the address at which it sends people back. */
async function addProvider(page: Page, provider: TestOidcProvider): Promise<string> {
  await page.goto("/admin/sign-in-providers");
  await page.getByRole("button", { name: "Add provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Works ID");
  await dialog.getByLabel("Issuer").fill(provider.issuer);
  await dialog.getByLabel("Client ID").fill(provider.clientId);
  await dialog.getByLabel("Client secret").fill(provider.clientSecret);
  await dialog.getByLabel("Whoever it knows by a verified address becomes a user").check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Works ID is ready").waitFor();
  const redirectUri = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("table", { name: "Sign-in providers" }).getByText("Works ID").waitFor();
  return redirectUri;
}

/** From our sign-in page over the provider's own pages and back. */
async function signInBy(provider: TestOidcProvider, page: Page, sub: string): Promise<void> {
  // Its pages ask for a font of another site, which is not there for a test.
  await page.context().route("https://**", (route) => route.abort());
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Works ID" }).click();
  await page.waitForURL((url) => url.origin === provider.issuer);
  await page.locator("input[name=login]").fill(sub);
  await page.locator("input[name=password]").fill("any");
  await page.locator("[type=submit]").click();
  // What it may tell us of her.
  await page.getByRole("button", { name: "Continue" }).click();
}

/** An open page asks every 15 s what its person may do. */
const slow = { timeout: 30_000 };

/** Invites Olaf as a viewer; no mail is sent here, so the link is on the screen. Its path and token. */
async function invite(page: Page): Promise<string> {
  await page.goto("/admin/users");
  await page.getByRole("button", { name: "Invite user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Olaf");
  await dialog.getByLabel("Email address").fill("olaf@example.com");
  await dialog.getByLabel("Viewer").check();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  const link = new URL((await dialog.locator("code").textContent()) ?? "");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  return link.pathname + link.hash;
}
