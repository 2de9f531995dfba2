import type { Page } from "@playwright/test";
import { DEVELOPER, endSessionAt, MEMBER, OWNER, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage, SudoDialog } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { KEYS, LOGIN, OVERVIEW } from "./pages/routes";

test("a wrong password and an unknown account get the same answer", async ({ page }) => {
  const login = new LoginPage(page);
  await page.goto(KEYS);
  for (const email of [DEVELOPER, "nobody@demo.penguinmails.test"]) {
    const answer = page.waitForResponse("**/api/v1/auth/login");
    await login.signIn(email, "not-my-password");
    expect((await answer).status()).toBe(401);
    await expect(login.problem("Email or password is wrong.")).toBeVisible();
    await expect(login.email).toHaveValue(email);
    await expect(login.password).toHaveValue("");
  }
});

test("a Member is told that there is nothing for him here", async ({ page }) => {
  await signIn(page, MEMBER);
  await page.goto(KEYS);
  await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  await expect(page.getByRole("button", { name: "+ Create API Key" })).toHaveCount(0);
  const answer = await page.request.get("/api/v1/platform/api-keys");
  expect(answer.status()).toBe(403);
  expect(await answer.json()).toMatchObject({ error: "insufficient_role" });
});

test("an expired session leads to login and back to where one was", async ({ page, context }) => {
  const keys = new KeysPage(page);
  const login = new LoginPage(page);
  await signIn(page, DEVELOPER);
  await keys.open("?status=revoked");

  await context.clearCookies();
  await page.reload();
  await expect(login.submit).toBeVisible();
  await login.signIn(DEVELOPER, PASSWORD);
  await keys.ready();
  await expect(page).toHaveURL(`${KEYS}?status=revoked`);
});

/** Fills in the wizard for a key with this name, and ends the session on submit. */
async function loseSessionInWizard(page: Page, keys: KeysPage, name: string): Promise<void> {
  await endSessionAt(page, "POST", /\/platform\/api-keys$/);
  await keys.openCreateDialog();
  await keys.createDialog.name.fill(name);
  for (let step = 1; step < 4; step++) await keys.createDialog.next.click();
  await keys.createDialog.generate.click();
}

test("a session that ends while the page is open leads to login too", async ({ page }) => {
  const keys = new KeysPage(page);
  const login = new LoginPage(page);
  await signIn(page, DEVELOPER);
  await keys.open();

  await loseSessionInWizard(page, keys, "Too late");
  await expect(page.getByText("Your session has ended. Sign in to continue where you left off.")).toBeVisible();
  await expect(login.email).toBeFocused();
  await login.signIn(DEVELOPER, PASSWORD);
  await keys.ready();
  expect(new URL(page.url()).pathname).toBe(KEYS);
  // The draft of the key is preserved.
  await expect(keys.createDialog.root.getByRole("heading", { name: "IP Restrictions" })).toBeFocused();
  await keys.createDialog.generate.click();
  await new SudoDialog(page).confirm(PASSWORD);
  await page.getByRole("button", { name: "I've Saved My Key" }).click();
  await expect(keys.card("Too late").root).toBeVisible();
});

test("a draft is not for the next who signs in", async ({ page }) => {
  const keys = new KeysPage(page);
  await signIn(page, DEVELOPER);
  await keys.open();
  await loseSessionInWizard(page, keys, "Not yours");
  await new LoginPage(page).signIn(OWNER, PASSWORD);
  await keys.ready();
  await expect(keys.createDialog.root).toHaveCount(0);
  await keys.openCreateDialog();
  await expect(keys.createDialog.name).toHaveValue("");
});

test("signing out ends the session on the server", async ({ page, context, server }) => {
  const keys = new KeysPage(page);
  await signIn(page, DEVELOPER);
  await keys.open();
  const cookie = (await context.cookies()).find(({ name }) => name === "pm_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });

  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(new LoginPage(page).submit).toBeVisible();
  await expect(page.getByText("Your session has ended.")).toHaveCount(0);
  const replayed = await fetch(`${server.url}/api/v1/auth/session`, {
    headers: { Cookie: `pm_session=${cookie?.value}` },
  });
  expect(replayed.status).toBe(401);
});

test("signing in often with the right password is never taken for guessing", async ({ page }) => {
  for (let times = 0; times < 12; times++) await signIn(page, DEVELOPER);
});

test("signing out in one tab signs out the others", async ({ page, context }) => {
  await signIn(page, DEVELOPER);
  await page.goto(OVERVIEW);
  const other = await context.newPage();
  const keys = new KeysPage(other);
  await keys.open();

  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(new LoginPage(other).submit).toBeVisible();
});

test("a browser that never signed in causes no error; one that did goes on", async ({ page }) => {
  const refused: string[] = [];
  page.on("response", (answer) => {
    if (answer.status() >= 400) refused.push(answer.url());
  });
  const login = new LoginPage(page);
  await page.goto(LOGIN);
  await expect(login.submit).toBeVisible();
  expect(refused).toEqual([]);

  await login.signIn(DEVELOPER, PASSWORD);
  await expect(page).toHaveURL(OVERVIEW);
  await page.goto(LOGIN);
  await expect(page).toHaveURL(OVERVIEW);
});

test("the sign-in page of a demonstration offers its accounts", async ({ page }) => {
  await page.goto("/login");
  const accounts = page.getByRole("region", { name: /demonstration/ });
  await expect(accounts.getByRole("button")).toHaveText(["Owner", "Admin", "Developer", "Member"]);
  await accounts.getByRole("button", { name: "Developer" }).click();
  await expect(page).toHaveURL(/dashboard/);
  await expect(page.getByRole("button", { name: /Developer/ })).toBeVisible();
});

test("the set-up form can be reloaded", async ({ page }) => {
  await page.goto("/setup#token=none");
  await expect(page.getByLabel("Company")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Company")).toBeVisible();
  await page.goto("/setup");
  await page.reload();
  await page.getByRole("main").getByRole("link", { name: "sign in" }).click();
  await expect(page).toHaveURL("/login");
});
