// Quotas on the billing page, and the warnings near their limits.

import { DEVELOPER, OWNER, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { BILLING } from "./pages/routes";

const GIB = 2 ** 30;
const LIMITS = { templates: 500, contacts: 100_000, keys: 200, stored_bytes: 25 * GIB, queued_emails: 50_000 };

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("each environment's quotas are shown with what is used", async ({ page }) => {
  await page.goto(BILLING);
  for (const environment of ["Production", "Test"]) {
    const card = page.getByRole("region", { name: `Quotas in ${environment}` });
    await expect(card.getByRole("meter")).toHaveCount(5);
    // Each environment of an account starts with one template.
    await expect(card.getByRole("meter", { name: "Templates" })).toHaveAttribute(
      "aria-valuetext",
      "1 of 500 used",
    );
    await expect(card.getByText("of 25 GiB")).toBeVisible();
    await expect(card.locator(".badge--warning, .badge--danger")).toHaveCount(0);
  }
});

test("a quota warns from 80 percent, and says when it is used up or exceeded", async ({ page }) => {
  const live = { templates: 399, contacts: 80_000, keys: 200, stored_bytes: 26 * GIB, queued_emails: 0 };
  const sandbox = { templates: 1, contacts: 0, keys: 0, stored_bytes: 1536, queued_emails: 49_999 };
  await page.route("**/api/v1/tenant/quotas", (route) => route.fulfill({ json: { limits: LIMITS, live, test: sandbox } }));
  await page.goto(BILLING);
  const production = page.getByRole("region", { name: "Quotas in Production" });
  const texts = {
    Templates: "399 of 500 used",
    Contacts: "80,000 of 100,000 used. 80% used",
    "API keys": "200 of 200 used. Used up",
    Storage: "26 GiB of 25 GiB used. Over quota",
    "Queued emails": "0 of 50,000 used",
  };
  for (const [name, text] of Object.entries(texts)) {
    const meter = production.getByRole("meter", { name });
    await expect(meter).toHaveAttribute("aria-valuetext", text);
  }
  await expect(production.getByRole("meter", { name: "Storage" })).toHaveAttribute("aria-valuenow", "100");
  await expect(production.locator(".badge--warning")).toHaveText(["80% used"]);
  await expect(production.locator(".badge--danger")).toHaveText(["Used up", "Over quota"]);
  const inTest = page.getByRole("region", { name: "Quotas in Test" });
  await expect(inTest.locator(".badge--warning")).toHaveText(["99% used"]);
  await expect(inTest.getByText("1.5 KiB of 25 GiB")).toBeVisible();
});

test("quotas fit a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(BILLING);
  await expect(page.getByRole("meter")).toHaveCount(10);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test("quotas that cannot be read offer another try", async ({ page }) => {
  let answered = false;
  await page.route("**/api/v1/tenant/quotas", (route) => {
    if (answered) return route.fallback();
    answered = true;
    return route.abort();
  });
  await page.goto(BILLING);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("meter")).toHaveCount(10);
});

test("an Owner changes the plan with the password, a Developer cannot", async ({ page }) => {
  const change = page.getByRole("button", { name: /^Change to/ });
  await page.goto(BILLING);
  await expect(page.getByText("Admins and Owners of your company can change the plan.")).toBeVisible();
  await expect(change).toHaveCount(0);

  await page.context().clearCookies();
  await signIn(page, OWNER);
  await page.goto(BILLING);
  const plans = page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 2, name: /Plan$/ }) });
  const current = plans.filter({ hasText: "Current plan" });
  await expect(current).toContainText("Professional Plan");
  await expect(plans.filter({ hasText: "Enterprise Plan" })).not.toContainText("1,000");
  await expect(change).toHaveCount(2);
  const dialog = page.getByRole("dialog", { name: "Change to Business Plan?" });
  await change.filter({ hasText: "Business" }).click();
  await expect(dialog.getByRole("row", { name: "Requests per minute 300 1,000" })).toBeVisible();
  await dialog.getByRole("button", { name: "Change plan" }).click();
  const prompt = page.getByRole("dialog", { name: "Confirm your password" });
  await prompt.getByLabel("Password").fill(PASSWORD);
  await prompt.getByRole("button", { name: "Continue" }).click();
  await expect(current).toContainText("Business Plan");
  await expect(page.getByRole("meter", { name: "Templates" }).first()).toHaveAttribute("aria-valuetext", /of 2,000 used$/);

  // Other tests count on the demo's plan.
  await change.filter({ hasText: "Professional" }).click();
  await page.getByRole("dialog", { name: /^Change to Professional/ }).getByRole("button", { name: "Change plan" }).click();
  await expect(current).toContainText("Professional Plan");
});
