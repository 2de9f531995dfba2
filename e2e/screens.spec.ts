// Screenshots for the README and reviews: `make screenshots`.

import type { Page } from "@playwright/test";
import { callApi, createKeyByApi } from "./fixtures/api";
import { KeysApi, type NewKey } from "./fixtures/keys_api";
import { DEVELOPER, enterSudo, MEMBER, OWNER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DocsPage, Tester } from "./pages/docs_page";
import { DangerDialog, EditKeyDialog, RotateKeyDialog } from "./pages/key_dialogs";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { OverviewPage } from "./pages/overview_page";
import { BILLING, ERROR_CATALOGUE, ESP_WEBHOOKS, KEYS, NOT_FOUND, OVERVIEW, WEBHOOKS } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: width === 390 ? 844 : 800 } });

      const take = async (page: Page, name: string) => {
        // A dialog covers the viewport, not the full height of the page.
        const fullPage = (await page.locator("dialog[open]").count()) === 0;
        await page.screenshot({ path: `screenshots/${name}-${colorScheme}-${width}.png`, fullPage });
      };

      test("screens", async ({ page, server }) => {
        test.setTimeout(180_000);
        const keys = new KeysPage(page);

        await page.goto(KEYS);
        await expect(new LoginPage(page).submit).toBeVisible();
        await take(page, "login");

        await signIn(page, DEVELOPER);
        const overview = new OverviewPage(page);
        const key = await createKeyByApi(page, `Nightly sync ${colorScheme} ${width}`, "test");
        await overview.open();
        await take(page, "overview");

        await callApi(server, key, 260);
        await overview.open("?environment=test");
        await expect(overview.rateLimit.getByRole("timer")).toHaveText(/Resets/);
        await take(page, "overview-in-use");

        // Responses never arrive, so that the skeletons stay.
        await page.route("**/api/v1/platform/api-keys?*", () => {});
        await page.goto(OVERVIEW);
        await expect(page.locator(".skeleton").first()).toBeVisible();
        await take(page, "overview-loading");
        await page.goto(KEYS);
        await expect(page.locator(".skeleton").first()).toBeVisible();
        await take(page, "keys-loading");
        await page.unroute("**/api/v1/platform/api-keys?*");
        await page.route("**/api/v1/platform/api-keys?*", (route) => route.abort());
        await page.goto(OVERVIEW);
        await expect(page.getByRole("button", { name: "Try again" }).first()).toBeVisible();
        await take(page, "overview-failed");
        await page.unroute("**/api/v1/platform/api-keys?*");
        const none = { data: [], total: 0, next_cursor: null };
        await page.route("**/api/v1/platform/api-keys?*", (route) => route.fulfill({ json: none }));
        await overview.open();
        await take(page, "overview-empty");
        await keys.open();
        await take(page, "keys-empty");
        await page.unroute("**/api/v1/platform/api-keys?*");

        await overview.open();
        await page.keyboard.press("Control+k");
        await expect(page.getByRole("option").first()).toBeVisible();
        await take(page, "palette");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await take(page, "shortcuts");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: /^Account: / }).click();
        await take(page, "account");
        await page.keyboard.press("Escape");
        if (width === 390) {
          await page.getByRole("button", { name: "Open navigation" }).click();
          await expect(page.getByRole("dialog", { name: "Navigation" })).toBeVisible();
          await take(page, "drawer");
        }

        const usage = new UsagePage(page);
        for (const range of ["24h", "30d"]) {
          await usage.open(`?range=${range}`);
          await take(page, `usage-${range}`);
        }
        await usage.volume.cursor.focus();
        await page.keyboard.press("PageDown");
        await take(page, "usage-cursor");
        await usage.volume.tableSwitch.click();
        await take(page, "usage-table");
        await usage.recentErrors.getByRole("button").first().click();
        await expect(usage.request.checks).toHaveCount(7);
        await take(page, "usage-request");
        await usage.open("?range=custom&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z");
        await take(page, "usage-empty");

        await page.goto(BILLING);
        await expect(page.getByText("Current plan")).toBeVisible();
        await take(page, "billing");
        await page.goto(WEBHOOKS);
        await expect(page.getByRole("heading", { name: "Webhooks", exact: true })).toBeVisible();
        await take(page, "webhooks");
        await page.goto(ESP_WEBHOOKS);
        await expect(page.getByRole("region", { name: "Postmark" })).toBeVisible();
        await take(page, "esp-webhooks");

        await keys.open();
        await take(page, "keys");
        await keys.open("?search=nobody+has+this");
        await take(page, "keys-no-match");
        await page.context().setOffline(true);
        await expect(page.getByText("Offline", { exact: true })).toBeVisible();
        await take(page, "offline");
        await page.context().setOffline(false);

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
          await take(page, name);
        }
        await docs.search.fill("rate");
        await expect(docs.results.first()).toBeVisible();
        await take(page, "docs-search");
        const tester = new Tester(page);
        await tester.open("emails", "send_email");
        await tester.choose("Staging Server");
        await tester.send.click();
        await expect(tester.status).toHaveText("200 OK");
        await take(page, "docs-try-it-out");
        await tester.choose("Production App");
        await tester.body.fill('{"to": "nobody",}');
        await take(page, "docs-try-it-out-faults");
        await tester.send.click();
        await expect(tester.confirm).toBeVisible();
        await take(page, "docs-try-it-out-live");
        await page.keyboard.press("Escape");

        await page.goto(ERROR_CATALOGUE);
        await expect(page.getByText("rate_limit_exceeded").first()).toBeVisible();
        await take(page, "errors");
        await page.goto(NOT_FOUND);
        await expect(page.getByRole("heading", { name: /not found/i })).toBeVisible();
        await take(page, "not-found");
        await signIn(page, MEMBER);
        await page.goto(KEYS);
        await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
        await take(page, "no-access");
      });

      test("a new key", async ({ page }) => {
        await signIn(page, OWNER);
        const keys = new KeysPage(page);
        await keys.open();
        await keys.openCreateDialog();
        const { createDialog, createdDialog, sudoDialog } = keys;
        await createDialog.next.click();
        await take(page, "create-1-missing");
        await createDialog.name.fill("Production App");
        await take(page, "create-1-basics");
        await createDialog.next.click();
        await take(page, "create-2-permissions");
        await createDialog.permission("Manage API Keys").click();
        await take(page, "create-2-danger");
        await new DangerDialog(page).leaveOut.click();
        await createDialog.next.click();
        await createDialog.root.getByRole("radio", { name: /Expire After/ }).check();
        await take(page, "create-3-expiration");
        await createDialog.next.click();
        await take(page, "create-4-review");
        await createDialog.root.getByRole("radio", { name: /Restrict to IPs/ }).check();
        await createDialog.root.getByLabel("Allowed IP addresses").fill("203.0.113.0/24, 10.0.0.0/8, nonsense,");
        await take(page, "create-4-addresses");
        await createDialog.root.getByRole("radio", { name: /Allow All IPs/ }).check();
        await createDialog.generate.click();
        await expect(sudoDialog.password).toBeVisible();
        await take(page, "password");
        await sudoDialog.confirm("penguin-demo");
        await expect(createdDialog.key).toBeVisible();
        await page.keyboard.press("Escape");
        await take(page, "created");
      });

      test("keys in every state, and what can be done with them", async ({ page, server }) => {
        const api = await KeysApi.open(server.url);
        const search = `${colorScheme} ${width}`;
        const create = (name: string, body?: object) => api.create(`${name} ${search}`, body);
        const revoked = await create("Revoked");
        await api.revoke(revoked.key.id);
        const rotating = await create("Rotating");
        await api.rotate(rotating.key.id, 86_400);
        await create("מפתח 🐧 مفتاح", { description: "Written from right to left." });
        await create("W".repeat(36), { expires_in_days: 5 });
        await create("Bulk mail", { permissions: ["campaigns:write", "emails:send_bulk"] });
        const kept = await create("Kept", { recoverable: true, ip_allowlist: ["203.0.113.0/24"] });
        await signIn(page, OWNER);
        await enterSudo(page);
        const keys = new KeysPage(page);
        await keys.open(`?search=${encodeURIComponent(search)}`);
        await take(page, "keys-states");

        const open = async ({ key }: NewKey, button: string) => {
          await keys.open(`?key=${key.id}`);
          await page.getByRole("article").getByRole("button", { name: button, exact: true }).click();
        };
        await open(kept, "Show Key");
        await expect(page.getByText(/^Hides in/)).toBeVisible();
        await take(page, "key-shown");
        await open(kept, "Revoke Key");
        await expect(keys.revokeDialog(kept.key.name).name).toBeVisible();
        await take(page, "revoke");
        await open(kept, "Disable");
        await expect(page.getByRole("dialog", { name: /^Disable/ })).toBeVisible();
        await take(page, "disable");
        await open(kept, "Edit Permissions");
        await new EditKeyDialog(page, kept.key.name).permission("Delete Contacts").check();
        await take(page, "edit");
        await open(kept, "Rotate Key");
        const rotate = new RotateKeyDialog(page, kept.key.name);
        await expect(rotate.confirm).toBeVisible();
        await take(page, "rotate");
        await rotate.confirm.click();
        await expect(rotate.key).toBeVisible();
        await take(page, "rotated");
      });
    });
  }
}
