// Pictures for the README and for reviews: `make screenshots`.

import { callApi, createKeyByApi } from "./fixtures/api";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DocsPage, Tester } from "./pages/docs_page";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { OverviewPage } from "./pages/overview_page";
import { BILLING, ERROR_CATALOGUE, ESP_WEBHOOKS, KEYS, NOT_FOUND, OVERVIEW, WEBHOOKS } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: width === 390 ? 844 : 800 } });

      test("screens", async ({ page, server }) => {
        const take = async (name: string) => {
          // A dialog covers what is visible, not the whole length of the page.
          const fullPage = (await page.locator("dialog[open]").count()) === 0;
          await page.screenshot({ path: `screenshots/${name}-${colorScheme}-${width}.png`, fullPage });
        };
        const keys = new KeysPage(page);

        await page.goto(KEYS);
        await expect(new LoginPage(page).submit).toBeVisible();
        await take("login");

        await signIn(page, DEVELOPER);
        const overview = new OverviewPage(page);
        const key = await createKeyByApi(page, `Nightly sync ${colorScheme} ${width}`, "test");
        await overview.open();
        await take("overview");

        await callApi(server, key, 60);
        await overview.open("?environment=test");
        await expect(overview.rateLimit.getByRole("timer")).toHaveText(/Resets/);
        await take("overview-in-use");

        // Nothing but the outline: the answers are held back.
        await page.route("**/api/v1/platform/api-keys?*", () => {});
        await page.goto(OVERVIEW);
        await expect(page.locator(".skeleton").first()).toBeVisible();
        await take("overview-loading");
        await page.unroute("**/api/v1/platform/api-keys?*");
        await page.route("**/api/v1/platform/api-keys?*", (route) => route.abort());
        await page.goto(OVERVIEW);
        await expect(page.getByRole("button", { name: "Try again" }).first()).toBeVisible();
        await take("overview-failed");
        await page.unroute("**/api/v1/platform/api-keys?*");

        await overview.open();
        await page.keyboard.press("Control+k");
        await expect(page.getByRole("option").first()).toBeVisible();
        await take("palette");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await take("shortcuts");
        await page.keyboard.press("Escape");
        if (width === 390) {
          await page.getByRole("button", { name: "Open navigation" }).click();
          await expect(page.getByRole("dialog", { name: "Navigation" })).toBeVisible();
          await take("drawer");
        }

        const usage = new UsagePage(page);
        for (const range of ["24h", "30d"]) {
          await usage.open(`?range=${range}`);
          await take(`usage-${range}`);
        }
        await usage.volume.cursor.focus();
        await page.keyboard.press("PageDown");
        await take("usage-cursor");
        await usage.volume.tableSwitch.click();
        await take("usage-table");
        await usage.recentErrors.getByRole("button").first().click();
        await expect(usage.request.checks).toHaveCount(7);
        await take("usage-request");
        await usage.open("?range=custom&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z");
        await take("usage-empty");

        await page.goto(BILLING);
        await expect(page.getByText("Current plan")).toBeVisible();
        await take("billing");
        await page.goto(WEBHOOKS);
        await expect(page.getByRole("heading", { name: "Webhooks", exact: true })).toBeVisible();
        await take("webhooks");
        await page.goto(ESP_WEBHOOKS);
        await expect(page.getByRole("region", { name: "Postmark" })).toBeVisible();
        await take("esp-webhooks");

        await keys.open();
        await take("keys");

        await keys.openCreateDialog();
        await take("create-1-basics");
        await keys.createDialog.name.fill("Production App");
        const steps = ["create-2-permissions", "create-3-expiration", "create-4-addresses"];
        for (const step of steps) {
          await keys.createDialog.next.click();
          await take(step);
        }

        const docs = new DocsPage(page);
        const pages: Record<string, string> = {
          docs: "",
          "docs-guide": "/guides/rate-limiting",
          "docs-group": "/endpoints/emails",
          "docs-endpoint": "/endpoints/contacts/list_contacts",
          "docs-changelog": "/changelog",
        };
        for (const [name, path] of Object.entries(pages)) {
          await docs.open(path);
          await take(name);
        }
        await docs.search.fill("rate");
        await expect(docs.results.first()).toBeVisible();
        await take("docs-search");
        const tester = new Tester(page);
        await tester.open("emails", "send_email");
        await tester.choose("Staging Server");
        await tester.send.click();
        await expect(tester.status).toHaveText("200 OK");
        await take("docs-try-it-out");
        await tester.choose("Production App");
        await tester.body.fill('{"to": "nobody",}');
        await take("docs-try-it-out-faults");
        await tester.send.click();
        await expect(tester.confirm).toBeVisible();
        await take("docs-try-it-out-live");
        await page.keyboard.press("Escape");

        await page.goto(ERROR_CATALOGUE);
        await expect(page.getByText("rate_limit_exceeded").first()).toBeVisible();
        await take("errors");

        await page.goto(NOT_FOUND);
        await expect(page.getByRole("heading", { name: /not found/i })).toBeVisible();
        await take("not-found");
      });
    });
  }
}
