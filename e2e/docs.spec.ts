// Documentation: navigation, search and dead links.

import type { Page } from "@playwright/test";
import { DEVELOPER, MEMBER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DocsPage } from "./pages/docs_page";
import { DOCS, ERROR_CATALOGUE, OVERVIEW } from "./pages/routes";

/** Returns the addresses of all guides, as the search finds them. */
async function guides(page: Page): Promise<string[]> {
  const items = (await (await page.request.get("/docs/data/latest/search.json")).json()) as { kind: string; path: string }[];
  return items.filter(({ kind }) => kind === "guide").map(({ path }) => path);
}

test.describe("for a Developer", () => {
  test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

  test("the sidebar leads to every page and marks the current one", async ({ page }) => {
    test.setTimeout(180_000);
    const docs = new DocsPage(page);
    await page.goto(OVERVIEW);
    await page.getByRole("link", { name: "Documentation", exact: true }).click();
    await docs.ready();
    await expect(docs.heading).toHaveText("API Documentation");
    const names = await docs.sidebar.getByRole("link").allTextContents();
    for (const group of ["Authentication", "Rate Limiting", "Error Handling", "Webhooks", "SDKs & Libraries", "Changelog"]) {
      expect(names).toContain(group);
    }
    for (const name of names) {
      await docs.link(name).click();
      await docs.ready();
      await expect(docs.heading).not.toHaveText(/not found/i);
      await expect(docs.link(name)).toHaveAttribute("aria-current", "page");
    }
  });

  test("a group unfolds to its operations", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/endpoints/emails");
    await docs.sidebar.getByRole("link", { name: /^Send an email/ }).click();
    await expect(docs.heading).toHaveText("Send an email");
    await expect(page).toHaveURL(`${DOCS}/endpoints/emails/send_email`);
    await expect(page).toHaveTitle(/^Send an email/);
    await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("Documentation");
  });

  test("the management API is a group of its own, described and not tried here", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/endpoints/management");
    await expect(docs.heading).toHaveText("Management");
    await docs.sidebar.getByRole("link", { name: /^Create an API key/ }).click();
    await expect(docs.heading).toHaveText("Create an API key");
    const article = page.getByRole("article");
    await expect(article).toContainText("/api/v1/platform/api-keys");
    await expect(article).toContainText("admin:keys");
    await expect(article).toContainText("Only this response contains the whole key");
    const download = page.getByRole("link", { name: "OpenAPI JSON" });
    await expect(download).toHaveAttribute("href", "/openapi-management.json");
    await expect(page.getByRole("link", { name: "YAML" })).toHaveCount(0);
    await expect(article.getByText("ip_allowlist", { exact: true }).first()).toBeVisible();
    await expect(page.getByText("Try It Out")).toHaveCount(0);
    await page.goto(`${DOCS}/endpoints/contacts/create_api_key`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/not found/i);
  });

  test("one reads on from page to page", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/guides/quickstart");
    const way = page.getByRole("navigation", { name: "Previous and next page" });
    await way.getByRole("link", { name: /Next/ }).click();
    await expect(docs.heading).toHaveText("Authentication");
    await way.getByRole("link", { name: /Previous/ }).click();
    await expect(docs.heading).toHaveText("Quickstart");
  });

  test("search finds titles, paths, fields and error codes", async ({ page }) => {
    const docs = new DocsPage(page);
    const finds: [string, RegExp][] = [
      ["authentication", /guides\/authentication$/],
      ["/v1/emails/send", /emails\/send_email$/],
      ["how do I delete a contact", /contacts\/delete_contact$/],
      ["descendants", /management\/revoke_api_key#query-parameters-descendants$/],
      ["track_opens", /emails\/send_email#body-track_opens$/],
      ["key_in_query", /errors#key_in_query$/],
    ];
    await docs.open();
    for (const [query, address] of finds) {
      // In a focused field, `/` types a character instead.
      await docs.heading.click();
      await page.keyboard.press("/");
      await expect(docs.search).toBeFocused();
      await page.keyboard.type(query);
      await expect(docs.results.first()).toHaveAttribute("aria-selected", "true");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(address);
      await docs.ready();
    }
    await docs.search.fill("zzzz");
    await expect(page.getByText("Nothing found.")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(docs.search).toHaveValue("");
  });

  test("arrow keys choose among results", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open();
    await docs.search.fill("limit");
    await expect(docs.results.nth(1)).toBeVisible();
    await docs.search.press("ArrowDown");
    await expect(docs.results.nth(1)).toHaveAttribute("aria-selected", "true");
    await expect(docs.search).toHaveAttribute("aria-activedescendant", (await docs.results.nth(1).getAttribute("id"))!);
    await docs.results.nth(1).click();
    await expect(docs.results.first()).toBeHidden();
  });

  test("sections have addresses", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/guides/rate-limiting#what-to-do-on-429");
    await expect(page.getByRole("heading", { name: /^What to do on 429/ })).toBeInViewport();
    await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Limits by plan" }).click();
    await expect(page).toHaveURL(/#limits-by-plan$/);
    const section = page.getByRole("heading", { name: /^Limits by plan/ });
    await expect(section).toBeInViewport();
    await expect(section).toBeFocused();
  });

  test("every link of every guide leads to a page and a section that exist", async ({ page }) => {
    test.setTimeout(240_000);
    const docs = new DocsPage(page);
    let html = "";
    for (const path of await guides(page)) {
      const article = await page.request.get(`/docs/data/latest/articles${path.slice(DOCS.length)}.json`);
      html += ((await article.json()) as { html: string }).html;
    }
    const links = new Set([...html.matchAll(/href="(\/[^"]*)"(?! rel="external")/g)].map(([, link]) => link!));
    const anchors = new Map<string, string[]>();
    for (const link of links) {
      const [path, anchor] = link.split("#");
      anchors.set(path!, [...(anchors.get(path!) ?? []), ...(anchor ? [anchor] : [])]);
    }
    expect(anchors.size).toBeGreaterThan(20);
    for (const [path, wanted] of anchors) {
      await page.goto(path);
      await docs.ready();
      await expect(docs.heading, path).not.toHaveText(/not found/i);
      for (const anchor of wanted) {
        await expect(page.locator(`[id="${anchor}"]`), `${path}#${anchor}`).toBeVisible();
      }
    }
  });

  test("each guide ends with what else to read", async ({ page }) => {
    expect((await guides(page)).length).toBeGreaterThanOrEqual(12);
    const docs = new DocsPage(page);
    await docs.open("/guides/webhooks");
    await expect(page.getByRole("heading", { name: "Related documentation" })).toBeVisible();
    await docs.open("/endpoints/emails/send_email");
    const related = page.getByRole("region", { name: "Related Documentation" });
    await related.getByRole("link", { name: "Full API Reference" }).click();
    await expect(docs.heading).toHaveText("API Documentation");
  });

  test("addresses that do not exist say so", async ({ page }) => {
    const docs = new DocsPage(page);
    for (const path of ["/nothing", "/guides/nothing", "/endpoints/nothing", "/endpoints/emails/nothing"]) {
      await docs.open(path);
      await expect(docs.heading).toHaveText("Page not found");
      await expect(docs.sidebar).toBeVisible();
    }
  });

  test("links of the wider product's documentation lead here", async ({ page }) => {
    const moved: [string, RegExp][] = [
      ["/docs/features/integrations/api-access#rate-limiting", /guides\/rate-limiting$/],
      ["/docs/features/integrations/webhook-system", /guides\/webhooks$/],
      ["/docs/implementation-technical/api/README", /developers\/docs$/],
      ["/docs/design/routes/#code-examples", /guides\/sdks$/],
      ["/user-journeys/external-users/business-owner-journeys#api-integration", /guides\/business-setup$/],
    ];
    for (const [from, to] of moved) {
      await page.goto(from);
      await expect(page).toHaveURL(to);
    }
    await page.goto("/docs/nothing");
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });

  test("the bar names the document, and it can be downloaded", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open();
    const served = await page.request.get("/openapi.json");
    const hash = served.headers().etag!.replace(/W\/|"/g, "");
    await expect(docs.about).toContainText("API v1");
    await expect(docs.about).toContainText(hash);
    await expect(docs.about).toContainText(/\d\d [A-Z][a-z]{2} 20\d\d/);
    for (const [name, file] of [["OpenAPI JSON", "openapi.json"], ["YAML", "openapi.yaml"]] as const) {
      const download = page.waitForEvent("download");
      await docs.about.getByRole("link", { name }).click();
      expect((await download).suggestedFilename()).toBe(file);
    }
  });

  test("guides have highlighted code with a copy button, and no markup of their own", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/guides/quickstart");
    await expect(page.locator(".prose .code-snippet .code-keyword").first()).toBeVisible();
    await page.locator(".prose").getByRole("button", { name: "Copy code" }).first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).not.toContain("{{public_url}}");
    await expect(page.locator(".prose script, .prose iframe, .prose img")).toHaveCount(0);
  });

  test("on a phone the sidebar folds to one line", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const docs = new DocsPage(page);
    await docs.open("/guides/security");
    const toggle = docs.sidebar.getByRole("button", { name: "Security" });
    await expect(toggle).toHaveAttribute("aria-expanded", "false");
    await expect(docs.link("Quickstart")).toBeHidden();
    await toggle.click();
    await docs.link("Quickstart").click();
    await expect(docs.heading).toHaveText("Quickstart");
    await expect(docs.link("Security")).toBeHidden();
  });

  test("a failed fetch can be repeated", async ({ page }) => {
    const docs = new DocsPage(page);
    await docs.open("/guides/quickstart");
    const article = /\/docs\/data\/.*\/security\.json/;
    await page.route(article, (route) => route.abort());
    await docs.link("Security").click();
    await expect(page.getByText("The server cannot be reached.")).toBeVisible();
    await page.unroute(article);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Security" })).toBeVisible();
  });
});

test.describe("before the program", () => {
  const paths = ["/endpoints/emails/send_email", "/guides/quickstart"];

  test("an article is readable, and the program takes over without a jump", async ({ page }) => {
    await signIn(page, DEVELOPER);
    for (const width of [1440, 1000, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of paths) {
        // Holds the program back until the served page has been looked at.
        let start = (): void => undefined;
        const started = new Promise<void>((resolve) => (start = resolve));
        await page.route("**/*.wasm", async (route) => {
          await started;
          await route.continue();
        });
        await page.goto(DOCS + path, { waitUntil: "commit" });
        const heading = page.getByRole("heading", { level: 1 });
        const part = page.getByRole("main").locator("h2").nth(1);
        await expect(page.locator("#served-page")).toBeVisible();
        await expect(heading).toBeVisible();
        const before = [await heading.boundingBox(), await part.boundingBox()];
        start();
        await expect(page.locator("#served-page")).toHaveCount(0, { timeout: 30_000 });
        await expect(page.locator("#app")).toBeVisible();
        expect([await heading.boundingBox(), await part.boundingBox()], `${path} at ${width}`).toEqual(before);
        await page.unrouteAll({ behavior: "wait" });
      }
    }
  });

  test("without JavaScript, articles can be read and followed", async ({ page, browser, server }) => {
    await signIn(page, DEVELOPER);
    const context = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await page.context().storageState(),
      baseURL: server.url,
    });
    const plain = await context.newPage();
    await plain.goto(DOCS + paths[0]!);
    await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Send an email");
    for (const language of ["cURL", "Node.js", "Python", "PHP", "Ruby"]) {
      await expect(plain.getByRole("region", { name: `Example in ${language}` }).first()).toBeVisible();
    }
    await expect(plain.getByRole("button")).toHaveCount(0);
    const sidebar = plain.getByRole("navigation", { name: "Documentation", exact: true });
    await sidebar.getByRole("link", { name: "Quickstart" }).click();
    await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Quickstart");
    await context.close();
  });
});

test("visitors read the error codes and nothing else", async ({ page }) => {
  const docs = new DocsPage(page);
  const code = page.getByRole("region", { name: "invalid_token" });
  // The sidebar appears after the page has scrolled to the code.
  const once = { times: 1 };
  await page.route("**/api/v1/auth/session", async (route) => {
    await expect(code).toBeInViewport();
    await route.continue();
  }, once);
  await page.goto(`${ERROR_CATALOGUE}#invalid_token`);
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(code).toBeInViewport();
  await expect(code).toContainText("What to do");
  await expect(docs.sidebar).toBeHidden();
  await page.goto(`${DOCS}/guides/quickstart`);
  await expect(page).toHaveURL(/\/login\?next=/);
});

test("Members are told that they have no access", async ({ page }) => {
  await signIn(page, MEMBER);
  await page.goto(DOCS);
  await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  await page.goto(ERROR_CATALOGUE);
  await expect(page.getByRole("heading", { level: 1, name: "Error codes" })).toBeVisible();
});
