import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, signIn } from "./fixtures/people";
import type { Server } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import { counted, MIXED, send, sendMixed } from "./fixtures/traffic";
import { OverviewPage } from "./pages/overview_page";
import { KEYS, USAGE } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

const API = "/api/v1/tenant/analytics/api-usage";

interface Answer {
  series: { t: string; total: number; success: number; errors: number; partial: boolean }[];
  rate_limit: { series: { peak: number; limit: number }[] };
}

/** Fetches the response that the page received: the server caches it for a minute. */
async function ask(page: Page, query: string): Promise<Answer> {
  const answer = await page.request.get(`${API}?${query}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json();
}

/** Returns a unique range of about an hour, because the server caches responses for a minute. */
function unasked(): string {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19) + "Z";
  return `range=custom&from=${at(-60 - Math.random() * 60)}&to=${at(10)}`;
}

const grouped = (value: number) => value.toLocaleString("en-US");

const mixed = async (server: Server, name: string) => sendMixed(server, await KeysApi.open(server.url), name);

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("every number is that of the requests that were sent", async ({ page, server, browserLog }) => {
  const { key } = await mixed(server, "Counts");
  const usage = new UsagePage(page);
  await usage.open(`?range=1h&key=${key.id}`);
  await expect(page).toHaveTitle("Usage Analytics · PenguinMails");
  await expect(usage.metric("Total Requests")).toContainText("15");
  await expect(usage.metric("Total Requests")).toContainText("with this test key");
  await expect(usage.metric("Total Requests")).toContainText("No requests in the hour before");
  await expect(usage.metric("Success Rate")).toContainText(MIXED.success);
  await expect(usage.metric("Success Rate")).toContainText("6 errors");
  await expect(usage.metric("Average Response Time")).toContainText(/[\d.]+ms.*p95 [\d.]+ms/s);
  await expect(usage.metric("Rate Limit Usage")).toContainText(/[<\d.]+% of limit/);
  await expect(usage.metric("Rate Limit Usage")).toContainText("in the peak minute, all test keys");

  const endpoints = (await usage.cells(usage.endpoints)).map(([name, requests, success, , errors]) => [
    name,
    requests,
    success,
    errors,
  ]);
  expect(endpoints).toEqual([
    ["GET /v1/whoami", "7", "100%", "0"],
    ["GET /v1/contacts", "5", "40%", "3"],
    ["GET /v1/campaigns", "2", "0%", "2"],
    [expect.stringMatching(/unknown path/i), "1", "0%", "1"],
  ]);
  await expect(usage.breakdown.getByRole("listitem")).toHaveText([
    /400 Bad Request: 50%\s*3/,
    /403 Forbidden: 33%\s*2/,
    /404 Not Found: 17%\s*1/,
  ]);
  await expect(usage.recentErrors.getByRole("row")).toHaveCount(1 + MIXED.errors);
  await expect(usage.recentErrors.getByRole("row").nth(1)).toContainText("invalid_query");
  expect((await usage.cells(usage.keys))[0]!.slice(0, 3)).toEqual(["Counts", "15", MIXED.success]);

  // The chart's table has the same totals.
  await usage.volume.tableSwitch.click();
  const rows = await usage.cells(usage.volume.table);
  const sum = (column: number) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
  expect([sum(1), sum(2), sum(3)]).toEqual([15, 9, 6]);
  await expect(usage.volume.table).toBeVisible();
  await expect(usage.volume.cursor).toBeHidden();
  await expect(usage.volume.tableSwitch).toHaveText("Show as chart");
  expect(browserLog.complaints).toEqual([]);
});

test("pointer and arrow keys show exactly what the API answered", async ({ page }) => {
  const usage = new UsagePage(page);
  await usage.open("?range=7d");
  const { series, rate_limit } = await ask(page, "range=7d");
  const values = (index: number) => [series[index]!.total, series[index]!.success, series[index]!.errors].map(grouped);
  const last = series.length - 1;
  for (const index of [0, 17, Math.floor(last / 2), last - 1, last]) {
    await usage.volume.point(index / last);
    expect(await usage.volume.values(), `point ${index}`).toEqual(values(index));
  }
  await page.mouse.move(0, 0);
  await expect(usage.volume.readout).toBeHidden();

  // Starts at the newest point, which is still incomplete.
  await usage.volume.cursor.focus();
  expect(await usage.volume.values()).toEqual(values(last));
  await expect(usage.volume.readout).toContainText("incomplete");
  for (const [key, index] of [
    ["ArrowLeft", last - 1],
    ["ArrowLeft", last - 2],
    ["ArrowRight", last - 1],
    ["PageDown", last - 11],
    ["Home", 0],
    ["ArrowLeft", 0],
    ["End", last],
  ] as const) {
    await page.keyboard.press(key);
    await expect(usage.volume.cursor).toHaveAttribute("aria-valuenow", String(index));
    expect(await usage.volume.values(), key).toEqual(values(index));
    const [total, success, errors] = values(index);
    const sentence = `Total ${total}, Success ${success}, Errors ${errors}`;
    await expect(usage.volume.cursor).toHaveAttribute("aria-valuetext", new RegExp(`${sentence}$`));
  }
  await page.keyboard.press("Tab");
  await expect(usage.volume.readout).toBeHidden();

  const busiest = rate_limit.series.reduce((best, point, index, all) => (point.peak > all[best]!.peak ? index : best), 0);
  await usage.rateLimit.point(busiest / (rate_limit.series.length - 1));
  const { peak, limit } = rate_limit.series[busiest]!;
  expect(await usage.rateLimit.values()).toEqual(
    [peak, Math.round(limit * 0.8), Math.round(limit * 0.95)].map(grouped),
  );
});

test("ranges are in the URL, survive a reload and ask for what they say", async ({ page }) => {
  const usage = new UsagePage(page);
  await usage.open();
  await expect(usage.range("Last 24 Hours")).toHaveAttribute("aria-pressed", "true");
  for (const [label, range, bucket] of [
    ["Last Hour", "1h", "per minute"],
    ["Last 7 Days", "7d", "per hour"],
    ["Last 30 Days", "30d", "per day, in UTC"],
  ] as const) {
    const asked = page.waitForRequest((request) => request.url().includes(`${API}?range=${range}`));
    await usage.range(label).click();
    await asked;
    await expect(page).toHaveURL(`${USAGE}?range=${range}`);
    await expect(usage.range(label)).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByText(bucket, { exact: true })).toBeVisible();
  }
  await page.reload();
  await usage.ready();
  await expect(usage.range("Last 30 Days")).toHaveAttribute("aria-pressed", "true");
  await usage.range("Last 24 Hours").click();
  await expect(page).toHaveURL(USAGE);
});

test("a custom range takes two times, in the zone that is shown", async ({ page }) => {
  const usage = new UsagePage(page);
  await usage.open();
  await usage.range("Custom Range").click();
  const [from, to] = [usage.customRange.getByLabel("From"), usage.customRange.getByLabel("To")];
  const apply = usage.customRange.getByRole("button", { name: "Apply" });
  await from.fill("2026-01-02T10:00");
  await to.fill("2026-01-01T10:00");
  await apply.click();
  await expect(usage.customRange.getByRole("alert")).toHaveText("The end must be after the start.");
  await expect(from).toHaveAttribute("aria-invalid", "true");
  await to.fill("2026-01-03T10:00");
  await from.fill("2020-01-01T10:00");
  await apply.click();
  await expect(usage.customRange.getByRole("alert")).toHaveText("A range can be at most 366 days long.");
  await from.fill("2026-01-02T10:00");
  await apply.click();
  await expect(page).toHaveURL(/range=custom/);
  const url = new URL(page.url());
  expect([url.searchParams.get("from"), url.searchParams.get("to")]).toEqual([
    "2026-01-02T10:00:00Z",
    "2026-01-03T10:00:00Z",
  ]);
  await page.reload();
  await usage.ready();
  await expect(usage.range("Custom Range")).toHaveAttribute("aria-pressed", "true");
  await expect(from).toHaveValue("2026-01-02T10:00");
  await expect(page.getByRole("heading", { name: "No production requests in this range" })).toBeVisible();
  const note = page.getByText(/^Shown: /);
  await expect(note).toHaveText(
    "Shown: Jan 2, 12:00 AM to Jan 4, 12:00 AM. Requests older than 93 days are kept by the day (UTC).",
  );
  await usage.range("Last 7 Days").click();
  await expect(note).toHaveCount(0);
});

test("a key is filtered by the list and by its row, and given back", async ({ page, server }) => {
  const { key } = await mixed(server, "Filtered");
  const usage = new UsagePage(page);
  const range = unasked();
  const of = (url: string) => new URL(url).searchParams.get("key");
  await usage.open(`?${range}&environment=test`);
  await usage.keys.getByRole("button", { name: "Filtered", exact: true }).click();
  await expect(page).toHaveURL((url) => of(url.href) === key.id);
  await expect(usage.metric("Total Requests")).toContainText("15");
  await expect(usage.keyFilter).toHaveValue(key.id);
  await page.reload();
  await usage.ready();
  await expect(usage.keyFilter).toHaveValue(key.id);
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(page).toHaveURL((url) => of(url.href) === null);

  await usage.environment("Production").click();
  await usage.keyFilter.selectOption({ label: "Production App" });
  await expect(page).toHaveURL(/key=key_/);
  await expect(usage.keys.locator("tbody").getByRole("row")).toHaveCount(1);
  await usage.keyFilter.selectOption("All production keys");
  await expect(page).toHaveURL((url) => of(url.href) === null);

  await page.goto(`${KEYS}?key=${key.id}`);
  await page.getByRole("article", { name: "Filtered" }).getByRole("link", { name: "View Usage" }).click();
  await expect(page).toHaveURL(`${USAGE}?environment=test&key=${key.id}`);
});

test("the page is about one environment, which the URL, the cards and the key list name", async ({ page, server }) => {
  const { key } = await mixed(server, "Of test");
  const usage = new UsagePage(page);
  const asked = page.waitForRequest((request) => request.url().includes(API));
  await usage.open("?range=30d");
  expect(new URL((await asked).url()).searchParams.get("environment")).toBeNull();
  await expect(usage.environment("Production")).toHaveAttribute("aria-pressed", "true");
  await expect(usage.metric("Total Requests")).toContainText("with production keys");
  await expect(usage.metric("Rate Limit Usage")).toContainText("all production keys");
  const options = usage.keyFilter.getByRole("option");
  await expect(options.filter({ hasText: "Production App" })).toHaveCount(1);
  await expect(options.filter({ hasText: "Of test" })).toHaveCount(0);
  const live = await usage.metric("Total Requests").textContent();

  await usage.environment("Test").click();
  await expect(page).toHaveURL(`${USAGE}?range=30d&environment=test`);
  await expect(usage.metric("Total Requests")).toContainText("with test keys");
  await expect(usage.monitoring.locator("header")).toContainText("Test");
  await expect(options.filter({ hasText: "Of test" })).not.toHaveCount(0);
  await expect(options.filter({ hasText: "Production App" })).toHaveCount(0);
  await expect(usage.keys).not.toContainText("Production App");

  await usage.keyFilter.selectOption(key.id);
  await expect(usage.metric("Total Requests")).toContainText("with this test key");
  await usage.environment("Production").click();
  await expect(page).toHaveURL(`${USAGE}?range=30d`);
  await expect(usage.metric("Total Requests")).toHaveText(live!);
  await page.goBack();
  await expect(usage.keyFilter).toHaveValue(key.id);
  await page.goBack();
  await expect(page).toHaveURL(`${USAGE}?range=30d&environment=test`);
  await page.goBack();
  await expect(usage.environment("Production")).toHaveAttribute("aria-pressed", "true");
  await page.goForward();
  await expect(usage.environment("Test")).toHaveAttribute("aria-pressed", "true");

  // Links with only a key, or with the wrong environment, are corrected.
  for (const query of [`?range=1h&key=${key.id}`, `?range=1h&key=${key.id}&environment=live`]) {
    await usage.open(query);
    await expect(page).toHaveURL((url) => url.searchParams.get("environment") === "test");
    await expect(usage.environment("Test")).toHaveAttribute("aria-pressed", "true");
    await expect(usage.metric("Total Requests")).toContainText("15");
  }
  // The empty state offers the other environment.
  await usage.open("?range=custom&from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z");
  await page.getByRole("button", { name: "Show test requests" }).click();
  await expect(page.getByRole("heading", { name: "No test requests in this range" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Show production requests" })).toBeVisible();

  // The overview links to the environment that it shows.
  const overview = new OverviewPage(page);
  await overview.open("?environment=test");
  await page.getByRole("link", { name: "View Usage →" }).click();
  await expect(page).toHaveURL(`${USAGE}?environment=test`);
});

test("endpoints are sorted by each column, and all of them are shown on demand", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const created = await api.create("Many endpoints", { environment: "test", permissions: ["contacts:read"] });
  const paths = ["whoami", "contacts", "campaigns", "templates", "emails", "analytics/emails", "templates/any", "campaigns/any"];
  let sent = 0;
  for (const [index, path] of paths.entries()) {
    for (let calls = 0; calls <= index; calls++, sent++) await send(server, created.api_key, "GET", `/v1/${path}`);
  }
  await counted(api, created, sent);
  const usage = new UsagePage(page);
  await usage.open(`?range=1h&key=${created.key.id}`);
  const column = async (index: number) => (await usage.cells(usage.endpoints)).map((row) => row[index]);
  const heading = (name: string) => usage.endpoints.getByRole("columnheader", { name });
  await expect(heading("Requests")).toHaveAttribute("aria-sort", "descending");
  expect(await column(1)).toEqual(["8", "7", "6", "5", "4"]);

  await usage.allEndpoints.click();
  expect(await column(1)).toEqual(["8", "7", "6", "5", "4", "3", "2", "1"]);
  await heading("Requests").getByRole("button").click();
  await expect(heading("Requests")).toHaveAttribute("aria-sort", "ascending");
  expect(await column(1)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  await heading("Endpoint").getByRole("button").click();
  const names = await column(0);
  expect(names).toEqual([...names].sort());
  for (const [name, index] of [
    ["Success Rate", 2],
    ["Avg Response Time", 3],
    ["Errors", 4],
  ] as const) {
    await heading(name).getByRole("button").click();
    // Response times may be "<0.1ms".
    const numbers = (await column(index)).map((text) => parseFloat(text!.replace("<0.1", "0.05")));
    const [first, last] = [numbers[0]!, numbers.at(-1)!];
    const order = await heading(name).getAttribute("aria-sort");
    expect(order === "ascending" ? first <= last : first >= last, name).toBe(true);
  }
  await expect(page).toHaveURL(/sort=errors/);
  await page.reload();
  await usage.ready();
  await expect(heading("Errors")).toHaveAttribute("aria-sort", "descending");
});

test("a failed request is opened from its row, its URL, the field and the palette", async ({ page, server }) => {
  const { key, bad } = await mixed(server, "Traced");
  const usage = new UsagePage(page);
  const drawer = usage.request;
  await usage.open(`?range=1h&key=${key.id}`);
  // The newest error is the last invalid query.
  await usage.recentErrors.getByRole("row").nth(1).getByText("invalid_query").click();
  await expect(drawer.root).toContainText(bad.requestId);
  await expect(page).toHaveURL(new RegExp(`request=${bad.requestId}`));
  await expect(drawer.value("Key")).toContainText("Traced");
  await expect(drawer.value("Key")).toContainText("Test");
  await expect(drawer.value("Address")).toHaveText("127.0.0.1");
  await expect(drawer.value("Duration")).toHaveText(/^(<0\.1|[\d.]+)ms$/);
  await expect(drawer.value("Time")).toContainText("UTC");
  await expect(drawer.root).toContainText("GET /v1/contacts");
  await expect(drawer.checks).toHaveText([
    /Size and syntax\s*Passed/,
    /API key\s*Passed/,
    /IP address\s*Passed/,
    /Permissions\s*Passed/,
    /Rate limit\s*Passed/,
    /Path and body\s*Refused/,
    /Execution\s*Not reached/,
  ]);
  await page.reload();
  await expect(drawer.root).toContainText(bad.requestId);
  await page.keyboard.press("Escape");
  await expect(drawer.root).toBeHidden();
  await expect(page).not.toHaveURL(/request=/);

  await usage.lookup.fill(` ${bad.requestId} `);
  await usage.lookup.press("Enter");
  await expect(drawer.checks).toHaveCount(7);
  await drawer.root.getByRole("button", { name: "Close" }).click();
  await usage.lookup.fill("whatever");
  await usage.lookup.press("Enter");
  await expect(page.getByText(/^A request ID begins with req_/)).toBeVisible();
  await expect(drawer.root).toBeHidden();

  await new OverviewPage(page).open();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.insertText(bad.requestId);
  await expect(page.getByRole("option", { selected: true })).toHaveText(new RegExp(`Look up ${bad.requestId}`));
  await page.keyboard.press("Enter");
  await expect(drawer.root).toContainText("invalid_query");

  await usage.open("?request=req_0doesnotexist");
  await expect(drawer.root.getByRole("alert")).toContainText("No request with this id.");
  await expect(drawer.root).toContainText("kept for 30 days");
  await expect(drawer.root.getByText(/req_/)).toHaveText(["req_0doesnotexist"]);
  await expect(drawer.root.getByRole("button", { name: "Try again" })).toBeHidden();
});

test("revoked keys and exceeded limits are told with the check that refused them", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const created = await api.create("Refused", { environment: "test", permissions: ["emails:send"] });
  const mail = { to: "delivered@sandbox.penguinmails.test", subject: "Hello", text_body: "Hello" };
  const sent = [];
  for (let calls = 0; calls < 66; calls++) {
    sent.push(await send(server, created.api_key, "POST", "/v1/emails/send", mail));
  }
  const limited = sent.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  await api.revoke(created.key.id);
  const revoked = await send(server, created.api_key, "GET", "/v1/whoami");
  expect(revoked.status).toBe(401);
  await counted(api, created, sent.length + 1);

  const usage = new UsagePage(page);
  await usage.open(`?range=1h&key=${created.key.id}&request=${revoked.requestId}`);
  await expect(usage.request.checks.filter({ hasText: "Refused" })).toHaveText(/API key/);
  await page.keyboard.press("Escape");
  await expect(usage.breakdown).toContainText(/429 Rate Limit: \d+%/);
  await expect(usage.breakdown).toContainText(/401 Unauthorized: \d+%/);
  await page.goto(`${USAGE}?range=1h&key=${created.key.id}&request=${limited[0]!.requestId}`);
  await expect(usage.request.checks.filter({ hasText: "Refused" })).toHaveText(/Rate limit/);
  await page.keyboard.press("Escape");
  await expect(usage.monitoring).toContainText(/Rate limit exceeded \d+ times? in the last 24 hours/);
  await expect(usage.monitoring).toContainText(/Peak usage: \d+ \/ 300 requests\/minute at \d+:\d\d [AP]M/);
  await expect(usage.monitoring).toContainText("Refused requests: all by an endpoint's own limit.");
  await expect(usage.monitoring.getByText("Warning (80%)").last()).toBeVisible();
  await expect(usage.monitoring.getByText("Critical (95%)").last()).toBeVisible();
});

test("the error log has the errors that are on show, and a failure is told", async ({ page, server }) => {
  const { key, bad } = await mixed(server, "Exported");
  const usage = new UsagePage(page);
  await usage.open(`?range=1h&key=${key.id}`);
  const download = page.waitForEvent("download");
  await usage.exportButton.click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^penguinmails-errors-test-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await file.path(), "utf8").trim().split(/\r?\n/);
  expect(lines[0]).toContain("timestamp,method,path,status,error,message");
  expect(lines).toHaveLength(1 + MIXED.errors);
  expect(lines[1]).toContain(bad.requestId);
  expect(lines.slice(1).every((line) => line.includes(key.id))).toBe(true);

  await page.route("**/errors.csv*", (route) => route.abort());
  await usage.exportButton.click();
  await expect(page.getByText("The error log was not exported. The server cannot be reached.")).toBeVisible();
});

test.describe("far from UTC", () => {
  test.use({ timezoneId: "Asia/Kolkata" });

  test("times are local or UTC, and the choice is remembered", async ({ page }) => {
    const usage = new UsagePage(page);
    await usage.open("?range=24h");
    const zone = page.getByTestId("time-zone");
    await expect(zone).toHaveText(/^Asia\/(Kolkata|Calcutta) \(UTC\+5:30\)$/);
    const { series } = await ask(page, "range=24h");
    const time = async (timeZone: string) => {
      const start = new Date(series[5]!.t);
      const text = start.toLocaleTimeString("en-US", { timeZone, hour: "numeric", minute: "2-digit" });
      return text.replace(/\s/g, " ").replace(/ [AP]M$/, "");
    };
    await usage.volume.point(5 / (series.length - 1));
    await expect(usage.volume.readout).toContainText(await time("Asia/Kolkata"));
    const utc = page.getByRole("group", { name: "Time zone" }).getByRole("button", { name: "UTC" });
    await utc.click();
    // For UTC, the pressed button says it all.
    await expect(zone).toBeHidden();
    await usage.volume.point(5 / (series.length - 1));
    await expect(usage.volume.readout).toContainText(await time("UTC"));
    await page.reload();
    await expect(utc).toHaveAttribute("aria-pressed", "true");
    await expect(zone).toBeHidden();
  });
});
