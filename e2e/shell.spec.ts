import type { BrowserContext, Page } from "@playwright/test";
import { callApi, createKeyByApi } from "./fixtures/api";
import { DEVELOPER, MEMBER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { OverviewPage } from "./pages/overview_page";
import { ACCOUNT, BILLING, ESP_WEBHOOKS, KEYS, NOT_FOUND, OVERVIEW, WEBHOOKS } from "./pages/routes";

/** Counts the live event streams opened by all pages of the browser. */
function countStreams(context: BrowserContext): { opened: number } {
  const count = { opened: 0 };
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/tenant/live") count.opened += 1;
  });
  return count;
}

/** Returns the server's request count of the only key with this name. */
async function totalRequests(page: Page, name: string): Promise<number> {
  const answer = await page.request.get("/api/v1/platform/api-keys", { params: { search: name } });
  const { data } = (await answer.json()) as { data: [{ usage: { total_requests: number } }] };
  return data[0].usage.total_requests;
}

/** Simulates a hidden or visible page. */
async function setVisible(page: Page, visible: boolean): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, visible ? "visible" : "hidden");
}

test.describe("live events", () => {
  test("two tabs share one connection, and the second takes over", async ({ page, context, server }) => {
    await signIn(page, DEVELOPER);
    const key = await createKeyByApi(page, "Seen in two tabs", "live");
    const streams = countStreams(context);
    await new KeysPage(page).open();
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const second = await context.newPage();
    const follower = new KeysPage(second);
    await follower.open();
    await expect(second.getByText("Live", { exact: true })).toBeVisible();
    expect(streams.opened).toBe(1);

    // The second tab shows events received by the first.
    const total = follower.card("Seen in two tabs").value("Total Requests");
    await callApi(server, key, 3);
    await expect(total).toHaveText("3");
    expect(streams.opened).toBe(1);

    await page.close();
    await expect.poll(() => streams.opened).toBe(2);
    await callApi(server, key, 2);
    await expect(total).toHaveText("5");
  });

  test("a hidden tab hands the connection on, and all hidden tabs have none", async ({ page, context, server }) => {
    await signIn(page, DEVELOPER);
    const key = await createKeyByApi(page, "Used unseen", "live");
    const streams = countStreams(context);
    const keys = new KeysPage(page);
    await keys.open();
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const second = await context.newPage();
    await new KeysPage(second).open();
    await expect(second.getByText("Live", { exact: true })).toBeVisible();

    await setVisible(page, false);
    await expect.poll(() => streams.opened).toBe(2);
    await expect(second.getByText("Live", { exact: true })).toBeVisible();
    await setVisible(second, false);
    await expect(second.getByText("Live", { exact: true })).toHaveCount(0);
    await callApi(server, key, 4);
    expect(streams.opened).toBe(2);

    // A tab that becomes visible again shows missed updates immediately.
    await setVisible(page, true);
    await expect(keys.card("Used unseen").value("Total Requests")).toHaveText("4");
    await expect.poll(() => streams.opened).toBe(3);
  });
});

test("without the stream the page asks every 15 seconds, except while it is hidden", async ({ page, server }) => {
  await signIn(page, DEVELOPER);
  const key = await createKeyByApi(page, "Asked about", "live");
  await page.clock.install();
  await page.route("**/api/v1/tenant/live", (route) => route.abort());
  const keys = new KeysPage(page);
  await keys.open();
  await expect(page.getByText("Every 15 s", { exact: true })).toBeVisible();
  await callApi(server, key, 2);
  // The page's clock runs ahead of the server's, which writes its counters every second.
  await expect.poll(() => totalRequests(page, "Asked about")).toBe(2);
  await page.clock.runFor(16_000);
  await expect(keys.card("Asked about").value("Total Requests")).toHaveText("2");

  await setVisible(page, false);
  let asked = 0;
  page.on("request", () => (asked += 1));
  await page.clock.runFor(120_000);
  expect(asked).toBe(0);
  await setVisible(page, true);
  await expect.poll(() => asked).toBeGreaterThan(0);
});

test("without a network the page says so, and catches up afterwards", async ({ page, context, server }) => {
  await signIn(page, DEVELOPER);
  const key = await createKeyByApi(page, "Used while offline", "live");
  const keys = new KeysPage(page);
  await keys.open();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await callApi(server, key, 2);
  await context.setOffline(false);
  await expect(page.getByText("Offline", { exact: true })).toHaveCount(0);
  await expect(keys.card("Used while offline").value("Total Requests")).toHaveText("2");
});

test("every page has its title, its breadcrumbs and its place in the navigation", async ({ page }) => {
  await signIn(page, DEVELOPER);
  const pages = [
    [OVERVIEW, "Overview", ["Settings", "Developers", "Overview"]],
    [KEYS, "API Keys", ["Settings", "Developers", "API Keys"]],
    [WEBHOOKS, "Webhooks", ["Settings", "Developers", "Webhooks"]],
    [ESP_WEBHOOKS, "ESP webhooks", ["Settings", "Integrations", "ESP webhooks"]],
    [BILLING, "Billing", ["Settings", "Account", "Billing"]],
    [ACCOUNT, "Your account", ["Settings", "Account", "Your account"]],
  ] as const;
  for (const [path, title, trail] of pages) {
    await page.goto(path);
    await expect(page).toHaveTitle(`${title} · PenguinMails`);
    const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
    await expect(crumbs.getByRole("listitem")).toHaveText([...trail]);
    const current = page.getByRole("navigation", { name: "Settings" }).locator("[aria-current=page]");
    await expect(current).toHaveText(title);
  }
});

test("the webhooks page sends on to where webhooks are, and that page promises nothing", async ({ page }) => {
  await signIn(page, DEVELOPER);
  await page.goto(WEBHOOKS);
  await expect(page.getByText("Webhook configuration has moved to ESP Integration Settings →")).toBeVisible();
  await page.getByRole("link", { name: "Configure Mailgun Webhooks →" }).click();
  await expect(page).toHaveURL(`${ESP_WEBHOOKS}#mailgun`);
  await expect(page.getByRole("region", { name: "Mailgun" })).toBeInViewport();
  await expect(page.getByText("This server does not receive provider events yet")).toBeVisible();
});

test("the home page is the overview, and lost visitors are led there", async ({ page }) => {
  await signIn(page, DEVELOPER);
  await page.goto("/");
  await new OverviewPage(page).ready();
  await page.goto(NOT_FOUND);
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await new OverviewPage(page).ready();
});

test("a Member is offered no page that would refuse him", async ({ page }) => {
  await signIn(page, MEMBER);
  for (const path of [OVERVIEW, BILLING, WEBHOOKS, ESP_WEBHOOKS]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  }
  const links = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await expect(links).toHaveText(["Error codes", "Your account"]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the navigation is a drawer that closes after use", async ({ page }) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
    await page.getByRole("button", { name: "Open navigation" }).click();
    const drawer = page.getByRole("dialog", { name: "Navigation" });
    await drawer.getByRole("link", { name: "Billing" }).click();
    await expect(page).toHaveURL(BILLING);
    await expect(drawer).toBeHidden();
  });
});
