import { callApi, createKeyByApi } from "./fixtures/api";
import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, endSessionAt, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { OverviewPage } from "./pages/overview_page";
import { BILLING, KEYS, OVERVIEW } from "./pages/routes";

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("the steps know what is done, and each heading and button is the specification's", async ({ page }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  await expect(page).toHaveTitle("Overview · PenguinMails");
  const card = page.getByRole("region", { name: "Start Building with PenguinMails API" });
  const steps = card.getByRole("list").first().getByRole("listitem");
  await expect(steps).toHaveText([
    /Generate an API key.*Done/,
    /Install SDK \(optional\).*Coming Q1 2026/,
    /Make your first API call.*Done/,
    /Set up webhooks \(optional\)/,
  ]);
  await expect(overview.generateButton).toBeVisible();
  await expect(overview.keys.getByRole("columnheader")).toHaveText([
    "Name",
    "Key",
    "Created",
    "Last Used",
    "Actions",
  ]);
});

test("no link of the page is dead", async ({ page }) => {
  await new OverviewPage(page).open();
  const hrefs = await page
    .locator("a[href^='/']")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  for (const href of new Set(hrefs)) {
    await page.goto(href);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Page not found" }), href).toHaveCount(0);
  }
});

test("both buttons open the same dialog, and the focus comes back", async ({ page }) => {
  const overview = new OverviewPage(page);
  const dialog = new KeysPage(page).createDialog;
  await overview.open();
  for (const button of [overview.generateButton, overview.createButton]) {
    await button.click();
    await expect(dialog.name).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog.root).toBeHidden();
    await expect(button).toBeFocused();
  }
});

test("a new key appears by itself, leads to its details and can be revoked", async ({ page }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  await createKeyByApi(page, "Compact row", "test");
  const row = overview.row("Compact row");
  await expect(row).toBeVisible();
  await expect(row).toContainText(/pm_test_\w{3}\.\.\.\w{3}/);
  await expect(row).toContainText("Never");

  await row.getByRole("button", { name: /^Revoke/ }).click();
  await new KeysPage(page).revokeDialog("Compact row").confirm.click();
  await expect(row).toHaveCount(0);
});

test("a key that is about to expire says so", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  await api.create("Ends soon", { expires_in_days: 5 });
  const overview = new OverviewPage(page);
  await overview.open();
  await expect(overview.row("Ends soon").getByText("Expires in 5 days")).toBeVisible();
  const keys = new KeysPage(page);
  await keys.open("?search=Ends+soon");
  await expect(keys.card("Ends soon").root.getByText("Expires in 5 days")).toBeVisible();
});

test("details open the key on the management page", async ({ page }) => {
  const overview = new OverviewPage(page);
  await createKeyByApi(page, "Has details", "test");
  await overview.open();
  await overview.row("Has details").getByRole("link", { name: /^View Details/ }).click();
  await expect(page).toHaveURL(new RegExp(`${KEYS}\\?key=key_`));
  await expect(page.getByRole("article", { name: "Has details" })).toBeVisible();
});

test("the rate limit is counted live, and warns from 80 percent on", async ({ page, server }) => {
  const overview = new OverviewPage(page);
  const key = await createKeyByApi(page, "Busy", "test");
  await overview.open("?environment=test");
  await expect(overview.rateLimit).toContainText("Professional Plan");
  await expect(overview.rateLimit).toContainText("300 requests/minute");
  await expect(overview.rateLimit).toContainText(/500 requests · \d+ left/);
  await expect(overview.usage).toHaveAttribute("aria-valuetext", /^\d+ \/ 300 \(\d+%\)$/);
  await expect(page.getByText("Approaching rate limit.")).toHaveCount(0);

  await callApi(server, key, 245);
  await expect(overview.usage).toHaveAttribute("aria-valuetext", /^2[4-9]\d \/ 300 \(\d+%\)$/);
  await expect(overview.rateLimit.getByRole("timer")).toHaveText(/^Resets in \d+ seconds?$/);
  await expect(page.getByText("Approaching rate limit. Upgrade plan → for higher limits.")).toBeVisible();

  // Each environment has a separate limit.
  await overview.rateLimit.getByRole("button", { name: "Production" }).click();
  await expect(page).toHaveURL(OVERVIEW);
  await expect(page.getByText("Approaching rate limit.")).toHaveCount(0);
  await page.goBack();
  await page.goto(`${OVERVIEW}?environment=test`);
  await page.getByRole("link", { name: "Upgrade plan →" }).click();
  await expect(page).toHaveURL(BILLING);
  await expect(page.getByRole("listitem").filter({ hasText: "Current plan" })).toContainText("Professional Plan");
});

test("a limit that is used up is told, and where there is more", async ({ page }) => {
  await page.route("**/api/v1/tenant/live", (route) => route.abort());
  await page.route("**/api/v1/tenant/rate-limit?*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), burst_remaining: 0 } });
  });
  const overview = new OverviewPage(page);
  await overview.open();
  await expect(
    overview.rateLimit.getByText("Rate limit exceeded. Upgrade plan for higher limits. View plans →"),
  ).toBeVisible();
  await page.getByRole("link", { name: "View plans →" }).click();
  await expect(page).toHaveURL(BILLING);
});

test("what cannot be loaded says so, and can be tried again", async ({ page }) => {
  const problem = {
    type: "about:blank",
    title: "Internal server error",
    status: 500,
    detail: "Try again.",
    error: "internal_error",
    message: "Something went wrong on the server.",
    request_id: "req_test",
  };
  const overview = new OverviewPage(page);
  await page.route("**/api/v1/platform/api-keys?*status=active*", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", json: problem }),
  );
  await page.goto(OVERVIEW);
  const section = page.getByRole("region", { name: "Active API Keys" });
  await expect(section.getByRole("alert")).toContainText("Something went wrong on the server.");
  await expect(section.getByRole("alert")).toContainText("req_test");
  // The rest of the page still works.
  await expect(overview.usage).toBeVisible();
  await page.unroute("**/api/v1/platform/api-keys?*status=active*");
  await section.getByRole("button", { name: "Try again" }).click();
  await expect(overview.keys).toBeVisible();
});

test("without keys the page says what to do", async ({ page }) => {
  await page.route("**/api/v1/platform/api-keys?*", (route) =>
    route.fulfill({ json: { data: [], total: 0, next_cursor: null } }),
  );
  await page.goto(OVERVIEW);
  await expect(page.getByText("No active keys.")).toBeVisible();
  const next = page.locator("[aria-current=step]");
  await expect(next).toHaveText(/Generate an API key/);
});

test("a session that ends leads to login and back", async ({ page }) => {
  const overview = new OverviewPage(page);
  const login = new LoginPage(page);
  await overview.open();
  await endSessionAt(page, "GET", /\/tenant\/rate-limit\?environment=test/);
  await overview.rateLimit.getByRole("button", { name: "Test" }).click();
  await expect(login.submit).toBeVisible();
  await login.signIn(DEVELOPER, PASSWORD);
  await overview.ready();
  await expect(page).toHaveURL(`${OVERVIEW}?environment=test`);
});

test("SDK tabs are worked with the arrow keys and stand in the URL", async ({ page }) => {
  await new OverviewPage(page).open();
  const tabs = page.getByRole("tablist", { name: "SDK Installation" }).getByRole("tab");
  await expect(tabs).toHaveText(["Node.js", "Python", "PHP"]);
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(tabs.nth(1)).toBeFocused();
  await expect(page.getByRole("tabpanel")).toContainText("pip install penguinmails");
  await expect(page).toHaveURL(/[?&]sdk=python/);
  await expect(page.getByText("Coming Q1 2026")).toHaveCount(2);
});
