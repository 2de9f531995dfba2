import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { DEVELOPER, MEMBER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DocsPage, Tester } from "./pages/docs_page";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { OverviewPage } from "./pages/overview_page";
import { BILLING, DOCS, ERROR_CATALOGUE, ESP_WEBHOOKS, KEYS, NOT_FOUND, WEBHOOKS } from "./pages/routes";
import { UsagePage } from "./pages/usage_page";

/** States to check, each with the steps that lead to it. */
const STATES: Record<string, (page: Page) => Promise<void>> = {
  login: async (page) => {
    await page.goto(KEYS);
    await expect(new LoginPage(page).submit).toBeVisible();
  },
  "login refused": async (page) => {
    await page.goto(KEYS);
    const login = new LoginPage(page);
    await login.signIn(DEVELOPER, "not-my-password");
    await expect(login.problem("Email or password is wrong.")).toBeVisible();
  },
  "set-up": async (page) => {
    await page.goto("/setup#token=none");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  },
  "no keys yet": async (page) => {
    await signIn(page, DEVELOPER);
    await page.route("**/api/v1/platform/api-keys?*", (route) =>
      route.fulfill({ json: { data: [], total: 0, next_cursor: null } }),
    );
    await new KeysPage(page).open();
    await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
  },
  "keys out of reach": async (page) => {
    await signIn(page, DEVELOPER);
    await page.route("**/api/v1/platform/api-keys?*", (route) => route.abort());
    await page.goto(KEYS);
    await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  },
  "without a network": async (page) => {
    await signIn(page, DEVELOPER);
    await new KeysPage(page).open();
    await page.context().setOffline(true);
    await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  },
  navigation: async (page) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
    const open = page.getByRole("button", { name: "Open navigation" });
    // On wide pages, the sidebar replaces the drawer. Checks it collapsed.
    if (await open.isVisible()) {
      await open.click();
      await expect(page.getByRole("dialog", { name: "Navigation" })).toBeVisible();
    } else {
      await page.getByRole("button", { name: "Collapse sidebar" }).click();
      await expect(page.getByRole("button", { name: "Expand sidebar" })).toBeVisible();
    }
  },
  "expiration step": async (page) => {
    await signIn(page, DEVELOPER);
    const keys = new KeysPage(page);
    await keys.open();
    await keys.openCreateDialog();
    await keys.createDialog.name.fill("For axe");
    await keys.createDialog.next.click();
    await keys.createDialog.next.click();
    await keys.createDialog.root.getByRole("radio", { name: /Expire After/ }).check();
    await keys.createDialog.root.getByRole("button", { name: "Custom date" }).click();
    await keys.createDialog.next.click();
    await expect(keys.createDialog.root.getByLabel("Last day")).toHaveAttribute("aria-invalid", "true");
  },
  keys: async (page) => {
    await signIn(page, DEVELOPER);
    await new KeysPage(page).open();
  },
  overview: async (page) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
  },
  usage: async (page) => {
    await signIn(page, DEVELOPER);
    const usage = new UsagePage(page);
    await usage.open("?range=30d");
    await usage.volume.cursor.focus();
    await expect(usage.volume.readout).toBeVisible();
  },
  "usage as tables": async (page) => {
    await signIn(page, DEVELOPER);
    const usage = new UsagePage(page);
    await usage.open("?range=7d");
    await usage.volume.tableSwitch.click();
    await usage.range("Custom Range").click();
    await expect(usage.customRange).toBeVisible();
    await expect(usage.volume.table).toBeVisible();
  },
  "one request": async (page) => {
    await signIn(page, DEVELOPER);
    const usage = new UsagePage(page);
    await usage.open("?range=30d");
    await usage.recentErrors.getByRole("button").first().click();
    await expect(usage.request.checks).toHaveCount(7);
  },
  "command palette": async (page) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("e");
    await expect(page.getByRole("option").first()).toBeVisible();
    await expect(page.getByText(/\d+ results/)).toBeVisible();
  },
  shortcuts: async (page) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  },
  "account menu": async (page) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
    await page.getByRole("button", { name: /^Account: / }).click();
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  },
  billing: async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(BILLING);
    await expect(page.getByText("Current plan")).toBeVisible();
  },
  webhooks: async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(WEBHOOKS);
    await expect(page.getByRole("heading", { name: "Webhooks", exact: true })).toBeVisible();
  },
  "ESP webhooks": async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(`${ESP_WEBHOOKS}#postmark`);
    await expect(page.getByRole("region", { name: "Postmark" })).toBeVisible();
  },
  "no access": async (page) => {
    await signIn(page, MEMBER);
    await page.goto(BILLING);
    await expect(page.getByRole("heading", { name: "No access" })).toBeVisible();
  },
  "create dialog": async (page) => {
    await signIn(page, DEVELOPER);
    const keys = new KeysPage(page);
    await keys.open();
    await keys.openCreateDialog();
  },
  "permission step": async (page) => {
    await signIn(page, DEVELOPER);
    const keys = new KeysPage(page);
    await keys.open();
    await keys.openCreateDialog();
    await keys.createDialog.name.fill("For axe");
    await keys.createDialog.next.click();
    await expect(keys.createDialog.permission("Read Contacts")).toBeVisible();
  },
  documentation: async (page) => {
    await signIn(page, DEVELOPER);
    await new DocsPage(page).open();
  },
  "documentation search": async (page) => {
    await signIn(page, DEVELOPER);
    const docs = new DocsPage(page);
    await docs.open("/endpoints/emails");
    await docs.search.fill("send");
    await expect(docs.results.first()).toBeVisible();
  },
  guide: async (page) => {
    await signIn(page, DEVELOPER);
    await new DocsPage(page).open("/guides/rate-limiting");
  },
  endpoint: async (page) => {
    await signIn(page, DEVELOPER);
    await new DocsPage(page).open("/endpoints/contacts/list_contacts");
  },
  "tester with an answer": async (page) => {
    await signIn(page, DEVELOPER);
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.status).toHaveText("200 OK");
    await tester.history.click();
  },
  "tester with a production key and faults": async (page) => {
    await signIn(page, DEVELOPER);
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    await tester.choose("Production App");
    await tester.body.fill('{"to": 1}');
    await expect(tester.root.getByRole("button", { name: /^Line 1/ }).first()).toBeVisible();
    await tester.send.click();
    await expect(tester.confirm).toBeVisible();
  },
  "documentation page that is not there": async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(`${DOCS}/guides/nothing`);
    await expect(page.getByRole("heading", { name: /not found/i })).toBeVisible();
  },
  "error catalogue": async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(ERROR_CATALOGUE);
    await expect(page.getByText("rate_limit_exceeded").first()).toBeVisible();
  },
  "not found": async (page) => {
    await signIn(page, DEVELOPER);
    await page.goto(NOT_FOUND);
    await expect(page.getByRole("heading", { name: /not found/i })).toBeVisible();
  },
};

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      for (const [state, reach] of Object.entries(STATES)) {
        test(`${state} has no accessibility violations and fits`, async ({ page }) => {
          await reach(page);
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }))).toEqual(
            [],
          );
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow, "pixels that stick out sideways").toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
