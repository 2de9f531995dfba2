// The usage page while something is missing, on its way, or just happening.

import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { send } from "./fixtures/traffic";
import { OVERVIEW, USAGE } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

const API = "/api/v1/tenant/analytics/api-usage";

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("a key without requests gets a call to copy and ways out", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Silent", { environment: "test" });
  const usage = new UsagePage(page);
  await usage.open(`?key=${key.id}`);
  await expect(page.getByRole("heading", { name: "No requests with this key in the last 24 hours" })).toBeVisible();
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
  await usage.keyFilter.selectOption(first.key.id);
  await expect(row.first()).toContainText("Seen live");
  await expect(usage.latestRequests.getByRole("row").filter({ hasText: "/v1/campaigns" })).toHaveCount(0);
});
