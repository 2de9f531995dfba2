// Account page, for every role. Each test has its own user.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import { MEMBER, signIn } from "./fixtures/people";
import type { Server } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { AccountPage } from "./pages/account_page";
import { SudoDialog } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { ACCOUNT, LOGIN, OVERVIEW } from "./pages/routes";

const PASSWORD = "seven slow copper lanterns";
const NEW_PASSWORD = "four quiet harbour lamps";
const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

let users = 0;

/** Creates a Member of the demo tenant. */
function newMember(server: Server): string {
  users += 1;
  const email = `member${users}-${process.pid}@demo.penguinmails.test`;
  const args = ["create-user", "--email", email, "--role", "member", "--name", "Mia Member", "--tenant", "demo"];
  server.admin(args, PASSWORD);
  return email;
}

/** Signs in by API; all pages of the context share the session. */
async function enter(context: BrowserContext, url: string, email: string, password = PASSWORD): Promise<number> {
  const answer = await context.request.post(`${url}/api/v1/auth/login`, {
    data: { email, password },
    headers: { "Sec-Fetch-Site": "same-origin" },
  });
  return answer.status();
}

/** Signs the user in from another browser and opens the account page. */
async function elsewhere(browser: Browser, server: Server, email: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, userAgent: FIREFOX });
  expect(await enter(context, server.url, email)).toBe(200);
  const page = await context.newPage();
  await new AccountPage(page).open();
  return page;
}

test("changing the password ends the other sessions and keeps this one", async ({
  page,
  context,
  browser,
  server,
  browserLog,
}) => {
  const email = newMember(server);
  await enter(context, server.url, email);
  const other = await elsewhere(browser, server, email);
  const account = new AccountPage(page);
  await account.open();
  await expect(account.rows).toHaveCount(2);

  await account.change.click();
  await expect(account.current).toBeFocused();
  await expect(page.getByText("Enter your current password.")).toBeVisible();
  await account.fill(PASSWORD, "short");
  await expect(account.meter).toHaveText("Too short: use at least 12 characters.");
  await account.new.fill("password1234");
  await expect(account.meter).toContainText("easy to guess");
  await account.new.fill("penguinmails-member");
  await expect(account.meter).toContainText("your name, email address, company");
  await account.change.click();
  await expect(account.new).toBeFocused();
  await expect(account.new).toHaveAccessibleDescription(/your name, email address, company/);

  await account.fill("not my password at all", NEW_PASSWORD);
  await expect(account.meter).toHaveText("Good password.");
  await account.change.click();
  await expect(account.current).toBeFocused();
  await expect(account.current).toHaveValue("");
  await expect(account.new).toHaveValue(NEW_PASSWORD);

  await account.current.fill(PASSWORD);
  await account.change.click();
  await expect(page.getByText("Your password is changed. 1 other session ended.")).toBeVisible();
  await expect(account.current).toHaveValue("");
  await expect(account.new).toHaveValue("");
  await expect(account.rows).toHaveCount(1);
  await page.reload();
  await account.ready();

  await other.reload();
  await expect(new LoginPage(other).submit).toBeVisible();
  await expect(other).toHaveURL(`${LOGIN}?next=${ACCOUNT}`);
  const fresh = await browser.newContext();
  expect(await enter(fresh, server.url, email)).toBe(401);
  expect(await enter(fresh, server.url, email, NEW_PASSWORD)).toBe(200);
  await new LoginPage(other).signIn(email, NEW_PASSWORD);
  await new AccountPage(other).ready();
  const expected = [
    { status: 400, path: "/api/v1/auth/password" },
    { status: 403, path: "/api/v1/auth/password" },
  ];
  expect(browserLog.unexpected(expected)).toEqual([]);
});

test("a session elsewhere can be ended, with the password", async ({ page, context, browser, server }) => {
  const email = newMember(server);
  await enter(context, server.url, email);
  const other = await elsewhere(browser, server, email);
  const account = new AccountPage(page);
  await account.open();
  const here = account.rows.filter({ hasText: "This session" });
  await expect(here).toContainText("Chrome on Linux");
  await expect(here).toContainText("127.0.0.1");
  await expect(here.getByRole("button")).toHaveText("Sign out");
  const row = account.rows.filter({ hasText: "Firefox on Windows" });
  const end = row.getByRole("button", { name: "End the session of Firefox on Windows from 127.0.0.1" });

  // Cancelling leaves everything unchanged.
  const sudo = new SudoDialog(page);
  await end.click();
  await expect(sudo.root).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sudo.root).toBeHidden();
  await expect(row).toBeVisible();
  await end.click();
  await sudo.confirm(PASSWORD);
  await expect(page.getByText("The session of Firefox on Windows has ended.")).toBeVisible();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Sessions" })).toBeFocused();
  await expect(page.getByText("You are not signed in anywhere else.")).toBeVisible();
  await expect(account.endOthers).toHaveCount(0);
  await other.getByRole("button", { name: "Change password" }).click();
  await new AccountPage(other).fill(PASSWORD, NEW_PASSWORD);
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByText("Your session has ended. Sign in to continue where you left off.")).toBeVisible();
});

test("all other sessions can be ended at once", async ({ page, context, browser, server }) => {
  const email = newMember(server);
  await enter(context, server.url, email);
  for (let times = 0; times < 2; times++) await elsewhere(browser, server, email);
  const account = new AccountPage(page);
  await account.open();
  await expect(account.rows).toHaveCount(3);
  await account.endOthers.click();
  await new SudoDialog(page).confirm(PASSWORD);
  await expect(page.getByText("2 sessions ended.")).toBeVisible();
  await expect(account.rows).toHaveCount(1);

  // A session already ended from elsewhere disappears without an error.
  const other = await elsewhere(browser, server, email);
  await page.reload();
  await expect(account.rows).toHaveCount(2);
  await other.context().request.post(`${server.url}/api/v1/auth/logout`, {
    headers: { "Sec-Fetch-Site": "same-origin" },
  });
  await account.rows.getByRole("button", { name: /^End the session/ }).click();
  await expect(account.rows).toHaveCount(1);
});

test("the page is reached from the menu, the palette and the keyboard", async ({ page }) => {
  await signIn(page, MEMBER);
  const account = new AccountPage(page);
  await page.goto(OVERVIEW);
  await page.getByRole("button", { name: /^Account: / }).click();
  const link = page.locator("#user-menu").getByRole("link", { name: "Your account" });
  await link.click();
  await account.ready();
  await expect(link).toBeHidden();
  await expect(account.profile).toContainText(MEMBER);
  await expect(account.profile).toContainText("Member");
  await page.goto(OVERVIEW);
  await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("account");
  await page.keyboard.press("Enter");
  await account.ready();
  await page.goto(OVERVIEW);
  await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await account.ready();
});

test("the password form works with the keyboard, a password manager and the clipboard", async ({ page }) => {
  await signIn(page, MEMBER);
  const account = new AccountPage(page);
  await account.open();
  await expect(account.current).toHaveAttribute("autocomplete", "current-password");
  await expect(account.new).toHaveAttribute("autocomplete", "new-password");
  await account.current.focus();
  await page.keyboard.type("abc");
  await expect(account.current).toHaveAttribute("type", "password");
  await page.keyboard.press("Tab");
  const show = page.getByRole("button", { name: "Show characters" }).first();
  await expect(show).toBeFocused();
  await page.keyboard.press("Space");
  await expect(account.current).toHaveAttribute("type", "text");
  await page.keyboard.press("Enter");
  await expect(account.current).toHaveAttribute("type", "password");
  await page.keyboard.press("Tab");
  await expect(account.new).toBeFocused();
  await page.evaluate((text) => navigator.clipboard.writeText(text), NEW_PASSWORD);
  await page.keyboard.press("Control+v");
  await expect(account.new).toHaveValue(NEW_PASSWORD);
  await expect(account.meter).toHaveText("Good password.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(account.change).toBeFocused();
});

test("what does not come can be asked for again, and errors say what to do", async ({ page }) => {
  await signIn(page, MEMBER);
  const account = new AccountPage(page);
  await page.route("**/api/v1/auth/sessions", (route) => route.abort());
  await page.goto(ACCOUNT);
  const retry = account.sessions.getByRole("button", { name: "Try again" });
  await expect(retry).toBeVisible();
  await page.unroute("**/api/v1/auth/sessions");
  await retry.click();
  await account.ready();

  // Without the server's rating, the meter only checks the length.
  await page.route("**/api/v1/auth/password/check", (route) => route.abort());
  await account.new.fill("password1234");
  await expect(account.meter).toHaveText("Long enough.");
  await page.route("**/api/v1/auth/password", (route) => route.abort());
  await account.fill("not mine", NEW_PASSWORD);
  await account.change.click();
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await expect(account.new).toHaveValue(NEW_PASSWORD);
});

test("an address to go to after signing in cannot lead elsewhere or break the page", async ({ page, browserLog }) => {
  const login = new LoginPage(page);
  for (const next of [
    "/dashboard/..//x",
    "/dashboard/../..//evil.example",
    "/dashboard/%2e%2e//x",
    "/dashboard//x",
    "//evil.example",
    "/\\evil.example",
    "/dashboard\\..\\\\x",
    "https://evil.example/dashboard",
    "javascript:alert(1)",
    "/dashboard/\u0000\n",
    `/dashboard/${"x".repeat(5_000)}`,
  ]) {
    await page.context().clearCookies();
    await page.goto(`${LOGIN}?next=${encodeURIComponent(next)}`);
    await login.signIn(MEMBER, "penguin-demo");
    await expect(page, next).toHaveURL(OVERVIEW);
    await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  }
  for (const broken of ["%E0%A4%A", "%", "%00"]) {
    await page.goto(`${LOGIN}?next=${broken}`);
    await expect(page, broken).toHaveURL(OVERVIEW);
  }
  expect(browserLog.unexpected([{ status: 401, path: "/api/v1/auth/session" }])).toEqual([]);
});

test("odd addresses are pages that are not found, not crashes", async ({ page, browserLog, server }) => {
  await signIn(page, MEMBER);
  for (const path of ["//x", "//dashboard/settings/account", "/dashboard//x", "/dashboard/%ff", "/docs/..//x", "/%2f%2fx"]) {
    await page.goto(`${server.url}${path}`);
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    expect(new URL(page.url()).host, path).toBe(new URL(server.url).host);
  }
  expect(browserLog.unexpected([])).toEqual([]);
});
