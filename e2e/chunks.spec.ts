// Lazily loaded chunks, and retries when loading fails.

import type { Page } from "@playwright/test";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DocsPage } from "./pages/docs_page";
import { KeysPage } from "./pages/keys_page";
import { OverviewPage } from "./pages/overview_page";
import { ACCOUNT, DOCS, KEYS, OVERVIEW, USAGE } from "./pages/routes";

const CHUNKS = ["account", "docs", "keys", "usage"];

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

/** Collects the names of chunks fetched by the page from now on. */
function fetched(page: Page): Set<string> {
  const names = new Set<string>();
  page.on("request", (request) => {
    const name = /\/split_(\w+)\.wasm$/.exec(new URL(request.url()).pathname)?.[1];
    if (name) names.add(name);
  });
  return names;
}

test("a page fetches its own chunks and no other", async ({ page }) => {
  const pages: [string, string[], string[]][] = [
    [OVERVIEW, [], []],
    [ACCOUNT, ["account"], ["account"]],
    [KEYS, ["keys"], ["keys"]],
    [USAGE, ["usage"], ["usage"]],
    [DOCS, ["docs"], ["docs"]],
    [`${DOCS}/endpoints/emails/send_email`, ["docs", "tester"], ["docs", "tester"]],
  ];
  for (const [path, early, all] of pages) {
    const names = fetched(page);
    await page.goto(path);
    await page.getByRole("heading", { level: 1, name: /^(?!Loading)/ }).waitFor();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    expect([...names].sort(), path).toEqual(all);
    // Preloaded by a script in the page, before the program starts.
    const hinted = await page
      .locator("link[rel=preload][href*='/split_']")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")?.match(/split_(\w+)/)?.[1]));
    expect(hinted, path).toEqual(early);
    page.removeAllListeners("request");
  }
});

test("a chunk that does not come can be asked for again", async ({ page }) => {
  await new OverviewPage(page).open();
  await page.route("**/split_*.wasm", (route) => route.abort());
  const docs = new DocsPage(page);
  await page.getByRole("link", { name: "Documentation", exact: true }).click();
  const notice = page.getByRole("alert").filter({ hasText: "This part of the dashboard could not be loaded." });
  await expect(notice).toContainText("Check your connection and try again");
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(notice).toBeVisible();
  await page.unroute("**/split_*.wasm");
  await notice.getByRole("button", { name: "Try again" }).click();
  await docs.ready();
  await expect(docs.heading).toHaveText("API Documentation");
  await expect(notice).toHaveCount(0);
});

test("the wizard takes the focus also when it comes late", async ({ page }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/split_keys.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await overview.generateButton.click();
  const dialog = new KeysPage(page).createDialog;
  await expect(dialog.root.getByRole("status").first()).toContainText("Loading");
  release();
  await expect(dialog.name).toBeFocused();
});

test("every chunk can be fetched after every other", async ({ page }) => {
  const links: Record<string, string> = {
    account: "Your account",
    docs: "Documentation",
    keys: "API Keys",
    usage: "Usage Analytics",
  };
  for (const first of CHUNKS) {
    await new OverviewPage(page).open();
    for (const next of [first, ...CHUNKS.filter((chunk) => chunk !== first)]) {
      await page.getByRole("link", { name: links[next], exact: true }).first().click();
      await expect(page).toHaveTitle(/Your account|Documentation|API Keys|Usage Analytics/);
      await expect(page.locator(".skeleton")).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1, name: /Your account|Documentation|API Key|Usage/ })).toBeVisible();
    }
  }
});
