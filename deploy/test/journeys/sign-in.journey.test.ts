import { TOTP } from "otpauth";
import { expect, it } from "vitest";

import { ada, fillSetup, signIn, signOut } from "../people.ts";
import { startPlant } from "../plant.ts";
import { type Visit, visit } from "../visit.ts";

// What the first person of an installation does, and what happens to their session afterwards.
it("sets up a fresh installation in the browser, signs out and in, and asks for a second step", async () => {
  await using plant = await startPlant();
  await visit(plant, async ({ page, picture }) => {
    // Nobody is there yet, so every page leads to the first run; a wrong code is refused.
    await page.goto("/work-orders");
    await page.getByRole("heading", { name: "Set up Millwright" }).waitFor();
    await page.getByLabel("Set-up code").fill("not the code of this machine");
    await fillSetup(page);
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByText("setup.code_wrong").waitFor();

    // The link of `npm start`: its code never stays in the address bar.
    await page.goto(`/setup#code=${plant.setupCode}`);
    await page.waitForURL((url) => url.hash === "");
    await fillSetup(page);
    await picture("setup");
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("heading", { name: "Plant", level: 1 }).waitFor();
    await page.getByText("Werk Süd").waitFor();
    await page.getByRole("status", { name: "Live connection" }).getByText("Live").waitFor();

    // Signed out here is signed out in every tab, and one comes back to where one was.
    const other = await page.context().newPage();
    await other.goto("/work-orders?state=draft");
    await other.getByRole("heading", { name: "Work orders", level: 1 }).waitFor();
    await signOut(page);
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(other, { ...ada, password: "not the password" });
    await other.getByText("Email address or password is not right.").waitFor();
    await signIn(other, ada);
    await other.getByRole("heading", { name: "Work orders", level: 1 }).waitFor();
    expect(new URL(other.url()).search).toBe("?state=draft");
    await other.close();

    // The access token is gone, as after ten minutes: the next read renews the session unseen.
    await page.goto("/");
    await page.getByRole("heading", { name: "Plant", level: 1 }).waitFor();
    await page.context().clearCookies({ name: "mw_access" });
    await page.getByRole("link", { name: "Work orders" }).click();
    await page.getByText("There is no work order yet.").waitFor();

    // Two tabs find out together: a renewal token that came twice would end the session for both.
    const second = await page.context().newPage();
    await second.goto("/machines");
    await second.getByRole("heading", { name: "Machines", level: 1 }).waitFor();
    await page.context().clearCookies({ name: "mw_access" });
    await Promise.all(
      [page, second].map(async (tab) => {
        await tab.getByRole("link", { name: "Equipment", exact: true }).click();
        await tab.getByText("There is no work center yet.").waitFor();
      }),
    );
    await second.close();

    const totp = await switchOnTwoStep({ page, picture });
    await signOut(page);
    await signIn(page, ada);
    await page.getByLabel("Code of your authenticator app").fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("The code is not right.").waitFor();
    // The code of this half minute opened the app already: each opens once.
    const next = totp.generate({ timestamp: Date.now() + 30_000 });
    await page.getByLabel("Code of your authenticator app").fill(next);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Plant", level: 1 }).waitFor();

    // The session ends elsewhere: its stream ends, and a page that only watches leaves for the sign-in.
    await page.getByRole("link", { name: "Work orders" }).click();
    await page.getByText("There is no work order yet.").waitFor();
    await page.getByRole("status", { name: "Live connection" }).getByText("Live").waitFor();
    const { rows } = await (await page.request.get("/api/me/sessions")).json();
    const { sessionId } = rows.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    const revoked = await page.request.post(`/api/me/sessions/${sessionId}/revoke`, {
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(revoked.status()).toBe(200);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(new URL(page.url()).searchParams.get("returnTo")).toBe("/work-orders");
  });
}, 120_000);

/** Sets the second step up in the profile, as an authenticator app would take it from the screen. */
async function switchOnTwoStep({ page, picture }: Pick<Visit, "page" | "picture">): Promise<TOTP> {
  await page.goto("/profile");
  await page.getByRole("button", { name: "Set up two-step sign-in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Begin" }).click();
  await dialog.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
  await picture("two-step");
  const secret = (await dialog.locator("code").textContent()) ?? "";
  const totp = new TOTP({ secret });
  await dialog.getByLabel("Code", { exact: true }).fill(totp.generate());
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await dialog.getByText("They are shown only now.").waitFor();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await page.getByText("On: signing in takes a code of your authenticator app.").waitFor();
  return totp;
}
