// Usage page while data is missing, loading or changing.

import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { counted, send, sendMixed } from "./fixtures/traffic";
import { OVERVIEW, USAGE } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

const API = "/api/v1/tenant/analytics/api-usage";

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("a key without requests gets a call to copy and ways out", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Silent", { environment: "test" });
  const usage = new UsagePage(page);
  await usage.open(`?key=${key.id}`);
  await expect(page.getByRole("heading", { name: "No requests with this test key in the last 24 hours" })).toBeVisible();
  await page.getByRole("button", { name: "Copy the call" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`curl -X GET ${server.url}/v1/whoami`);
  expect(copied).toContain("Bearer $PENGUINMAILS_API_KEY");
  await page.getByRole("button", { name: "Show the last 30 days" }).click();
  await expect(page.getByRole("heading", { name: /in the last 30 days$/ })).toBeVisible();
  await page.getByRole("button", { name: "Show all keys" }).first().click();
  await expect(usage.volume.root).toBeVisible();
});

test("a failure can be tried again, and a key that is gone is no dead end", async ({ page }) => {
  const usage = new UsagePage(page);
  await page.route(`**${API}?*`, (route) => route.abort());
  await page.goto(USAGE);
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached.");
  await page.unroute(`**${API}?*`);
  await page.getByRole("button", { name: "Try again" }).click();
  await usage.ready();
  await expect(usage.volume.root).toBeVisible();

  await page.goto(`${USAGE}?key=key_000000000000`);
  await expect(page.getByRole("alert")).toContainText("There is nothing at this address.");
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(usage.volume.root).toBeVisible();
});

test("what is there stays while the next answer is on its way, and when a refresh fails", async ({ page }) => {
  await page.clock.install();
  const usage = new UsagePage(page);
  await usage.open("?range=30d");
  const total = await usage.metric("Total Requests").textContent();
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route(`**${API}?range=7d`, async (route) => held.then(() => route.continue()));
  await usage.range("Last 7 Days").click();
  await expect(page.locator(".usage[aria-busy=true]")).toBeVisible();
  await expect(usage.metric("Total Requests")).toHaveText(total!);
  answer();
  await expect(usage.metric("Total Requests")).not.toHaveText(total!);

  await page.route(`**${API}?*`, (route) => route.abort());
  await page.clock.runFor(70_000);
  await expect(page.getByText("Not up to date: the last refresh failed.")).toBeVisible();
  await expect(usage.volume.root).toBeVisible();
  await page.unroute(`**${API}?*`);
  await page.clock.runFor(70_000);
  await expect(page.getByText("Not up to date")).toBeHidden();
});

test("pictures have the theme's colours, and come from a worker that other pages do not load", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  const chartFiles = () => loaded.filter((path) => path.startsWith("/charts-"));
  await page.goto(OVERVIEW);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(chartFiles()).toEqual([]);

  const usage = new UsagePage(page);
  await usage.open("?range=7d");
  expect(chartFiles().length).toBeGreaterThan(0);
  const colors = async () => {
    const strokes = await usage.volume.picture.locator("path").evaluateAll((paths) =>
      paths.map((path) => path.getAttribute("stroke") ?? path.parentElement!.getAttribute("stroke")),
    );
    return strokes.filter((stroke) => stroke !== null).map((stroke) => stroke.toLowerCase());
  };
  const token = (name: string) =>
    page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);
  for (const theme of ["Dark", "Light"]) {
    await page.getByRole("button", { name: `${theme} theme` }).first().click();
    const [total, errors] = [await token("--chart-total"), await token("--chart-errors")];
    await expect.poll(colors).toContain(total);
    expect(await colors()).toContain(errors);
  }
});

test("without the worker the numbers are there, and the picture can be tried again", async ({ page }) => {
  const usage = new UsagePage(page);
  await page.route("**/charts-*_bg.wasm", (route) => route.abort());
  await page.goto(`${USAGE}?range=7d`);
  const failure = usage.volume.root.getByRole("alert");
  await expect(failure).toContainText("The picture could not be drawn.");
  await usage.volume.tableSwitch.click();
  await expect(usage.volume.table).toBeVisible();
  await usage.volume.tableSwitch.click();
  await expect(failure).toBeVisible();
  await page.unroute("**/charts-*_bg.wasm");
  await usage.volume.root.getByRole("button", { name: "Try again" }).click();
  await expect(usage.volume.picture).toBeVisible();
});

test("requests appear as they are answered, and one leads to all that is known of it", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const [first, other] = [await api.create("Seen live"), await api.create("Seen live too")];
  const tester = await api.create("Seen in test", { environment: "test" });
  const usage = new UsagePage(page);
  await usage.open();
  await expect(usage.latestRequests.getByText("Live", { exact: true })).toBeVisible();
  await send(server, first.api_key, "GET", "/v1/whoami");
  const row = usage.latestRequests.getByRole("row").filter({ hasText: "GET /v1/whoami" });
  await expect(row.first()).toContainText("200");
  await send(server, other.api_key, "GET", "/v1/campaigns");
  await expect(usage.latestRequests.getByRole("row").nth(1)).toContainText(/GET \/v1\/campaigns.*403/);

  await usage.latestRequests.getByRole("row").nth(1).getByRole("button").click();
  await expect(usage.request.root).toContainText("/v1/campaigns");
  await page.keyboard.press("Escape");
  // Test requests are only shown for the test environment.
  const tried = usage.latestRequests.getByRole("row").filter({ hasText: "/v1/contacts" });
  await send(server, tester.api_key, "GET", "/v1/contacts");
  await send(server, first.api_key, "GET", "/v1/templates");
  await expect(usage.latestRequests.getByRole("row").nth(1)).toContainText("/v1/templates");
  await expect(tried).toHaveCount(0);
  await usage.environment("Test").click();
  await expect(tried).toHaveCount(1);
  await usage.environment("Production").click();
  await usage.keyFilter.selectOption(first.key.id);
  await expect(row.first()).toContainText("Seen live");
  await expect(usage.latestRequests.getByRole("row").filter({ hasText: "/v1/campaigns" })).toHaveCount(0);
});

test("Back closes the request and undoes the range and the key", async ({ page, server }) => {
  const { key } = await sendMixed(server, await KeysApi.open(server.url), "Gone back");
  const usage = new UsagePage(page);
  await page.goto(OVERVIEW);
  await usage.open(`?range=1h&environment=test&key=${key.id}`);
  const before = page.url();
  const open = () => usage.recentErrors.getByRole("button", { name: /^req_/ }).first().click();
  await open();
  await expect(page).toHaveURL(/request=req_/);
  await page.goBack();
  await expect(usage.request.root).toBeHidden();
  await expect(page).toHaveURL(before);

  await open();
  await expect(usage.request.root).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(usage.request.root).toBeHidden();
  await expect(page).toHaveURL(before);

  await usage.range("Last 7 Days").click();
  await expect(page).toHaveURL(/range=7d/);
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(page).not.toHaveURL(/key=/);
  await page.goBack();
  await expect(usage.keyFilter).toHaveValue(key.id);
  await page.goBack();
  await expect(usage.range("Last Hour")).toHaveAttribute("aria-pressed", "true");
  await page.goForward();
  await expect(page).toHaveURL(/range=7d/);
  await usage.range("Last Hour").click();
  await expect(page).toHaveURL(/range=1h/);
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(OVERVIEW);
});

test("what makes no sense is taken out of the URL", async ({ page }) => {
  const usage = new UsagePage(page);
  for (const query of [
    "?range=bogus&key=nope&environment=both&sort=size&request=1",
    "?range=custom&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
    "?range=custom&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
  ]) {
    await usage.open(query);
    await expect(page).toHaveURL(USAGE);
    await expect(usage.range("Last 24 Hours")).toHaveAttribute("aria-pressed", "true");
  }
});

test("a custom range begins with the range on show", async ({ page }) => {
  const usage = new UsagePage(page);
  await usage.open("?range=30d");
  await usage.range("Custom Range").click();
  const moment = async (label: string) => Date.parse(`${await usage.customRange.getByLabel(label).inputValue()}Z`);
  await expect.poll(async () => ((await moment("To")) - (await moment("From"))) / 86_400_000).toBe(30);
});

test("a revoked key without requests gets no call to copy", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Silent and revoked", { environment: "test" });
  await api.revoke(key.id);
  await new UsagePage(page).open(`?key=${key.id}`);
  await expect(page.getByText("This key is revoked: it can no longer call the API.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy the call" })).toBeHidden();
});

test("refusals are explained by the limit that refused", async ({ page }) => {
  let byEndpoints = 61;
  await page.route(`**${API}?*`, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    json.rate_limit.exceeded_24h = 61;
    json.rate_limit.exceeded_24h_by_endpoints = byEndpoints;
    json.rate_limit.peak = { value: 230, limit: 300, at: json.range.from };
    await route.fulfill({ response, json });
  });
  const usage = new UsagePage(page);
  await usage.open();
  await expect(usage.monitoring).toContainText("Rate limit exceeded 61 times in the last 24 hours");
  await expect(usage.monitoring).toContainText("Refused requests: all by an endpoint's own limit.");
  await expect(usage.monitoring).toContainText("the same on every plan. Spread these calls out");
  byEndpoints = 0;
  await usage.open();
  await expect(usage.monitoring).toContainText(
    "Consider implementing request batching or upgrading your plan.",
  );
});

test("the times below a chart stay between its ends", async ({ page, server }) => {
  const { key } = await sendMixed(server, await KeysApi.open(server.url), "Labels");
  await page.setViewportSize({ width: 1280, height: 800 });
  const usage = new UsagePage(page);
  for (const range of ["1h", "24h", "30d"]) {
    await usage.open(`?range=${range}&key=${key.id}`);
    const overhang = await usage.volume.timeLabels.evaluateAll((labels) =>
      labels.map((label) => {
        const [own, axis] = [label.getBoundingClientRect(), label.parentElement!.getBoundingClientRect()];
        return Math.max(axis.left - own.left, own.right - axis.right);
      }),
    );
    expect(overhang.length).toBeGreaterThan(3);
    expect(Math.max(...overhang), range).toBeLessThan(1);
  }
});

test("all recent errors are shown on demand", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const created = await api.create("Fails often");
  for (let times = 0; times < 10; times++) await send(server, created.api_key, "GET", "/v1/contacts?limit=many");
  await counted(api, created, 10);
  const usage = new UsagePage(page);
  const rows = usage.recentErrors.getByRole("row");
  await usage.open(`?range=1h&key=${created.key.id}`);
  await expect(rows).toHaveCount(1 + 8);
  await page.getByRole("button", { name: "View All Recent Errors" }).click();
  await expect(rows).toHaveCount(1 + 10);
  await page.getByRole("button", { name: "View Fewer Errors" }).click();
  await expect(rows).toHaveCount(1 + 8);
});

test("the busiest minutes can be read as a table", async ({ page }) => {
  const usage = new UsagePage(page);
  await usage.open("?range=24h");
  await usage.rateLimit.tableSwitch.click();
  await expect(usage.rateLimit.tableSwitch).toHaveText("Show as chart");
  await expect(usage.rateLimit.table.getByRole("row").nth(1)).toBeVisible();
});
