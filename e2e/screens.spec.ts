// Pictures for the README and for reviews: `make screenshots`.

import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { ERROR_CATALOGUE, KEYS, NOT_FOUND } from "./pages/routes";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: width === 390 ? 844 : 800 } });

      test("screens", async ({ page }) => {
        const take = async (name: string) => {
          await page.screenshot({ path: `screenshots/${name}-${colorScheme}-${width}.png`, fullPage: true });
        };
        const keys = new KeysPage(page);

        await page.goto(KEYS);
        await expect(new LoginPage(page).submit).toBeVisible();
        await take("login");

        await signIn(page, DEVELOPER);
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
