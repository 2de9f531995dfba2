import type { Page } from "@playwright/test";
import { createKeyByApi } from "./fixtures/api";
import { DEVELOPER, MEMBER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { OverviewPage } from "./pages/overview_page";
import { BILLING, ERROR_CATALOGUE, KEYS } from "./pages/routes";

const palette = (page: Page) => page.getByRole("combobox", { name: "Search pages, actions and keys" });

test.describe("as a Developer", () => {
  test.beforeEach(async ({ page }) => {
    await signIn(page, DEVELOPER);
    await new OverviewPage(page).open();
  });

  test("the palette goes to pages by the keyboard alone", async ({ page }) => {
    await page.keyboard.press("Control+k");
    const field = palette(page);
    await expect(field).toBeFocused();
    await page.keyboard.type("bill");
    await expect(page.getByRole("option", { selected: true })).toHaveText(/Go to Billing/);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(BILLING);
    await expect(field).toBeHidden();
  });

  test("no key is lost between the shortcut and the open palette", async ({ page }) => {
    // Simulates a busy browser, which delays the next frame.
    await page.evaluate(() => {
      window.requestAnimationFrame = () => 0;
    });
    await page.keyboard.press("Control+k");
    await page.keyboard.type("bill");
    await expect(palette(page)).toHaveValue("bill");
  });

  test("the arrow keys go round, and the selected line is the active one", async ({ page }) => {
    await page.keyboard.press("Control+k");
    const field = palette(page);
    const options = page.getByRole("option");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("ArrowUp");
    const last = options.last();
    await expect(last).toHaveAttribute("aria-selected", "true");
    await expect(last).toHaveText(/Sign out/);
    await expect(last).toBeInViewport();
    await expect(field).toHaveAttribute("aria-activedescendant", (await last.getAttribute("id")) ?? "");
    await page.keyboard.press("Escape");
    await expect(field).toBeHidden();
  });

  test("keys are found by name, and a pasted key is masked before it is sent", async ({ page }) => {
    const key = await createKeyByApi(page, "Palette finds me", "test");
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
    const field = palette(page);
    const option = page.getByRole("option", { name: /Palette finds me/ });
    for (const text of ["palette finds", key]) {
      await page.keyboard.press("Control+k");
      await field.fill(text);
      await expect(option).toBeVisible();
      await option.click();
      await expect(page).toHaveURL(new RegExp(`${KEYS}\\?key=key_`));
      await expect(page.getByRole("article", { name: "Palette finds me" })).toBeVisible();
    }
    expect(sent.filter((request) => request.includes(key.slice(24)))).toEqual([]);
  });

  test("a key is rotated or revoked from the palette", async ({ page }) => {
    await createKeyByApi(page, "Palette acts on me", "test");
    await page.keyboard.press("Control+k");
    await palette(page).fill("a key…");
    await expect(page.getByRole("option")).toHaveText([/Rotate a key…/, /Revoke a key…/]);
    await page.keyboard.press("Enter");
    // The same field asks for the key.
    await expect(palette(page)).toHaveValue("rotate ");
    await page.keyboard.type("palette acts");
    await expect(page.getByRole("option")).toHaveText([/Rotate Key: Palette acts on me/]);
    await page.keyboard.press("Enter");
    const rotate = page.getByRole("dialog", { name: "Rotate Palette acts on me?" });
    await expect(rotate).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`${KEYS}\\?key=key_\\w+$`));

    // A reload doesn't reopen the dialog.
    await page.reload();
    await new KeysPage(page).ready();
    await expect(rotate).toBeHidden();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("revoke palette acts");
    await page.getByRole("option", { name: /Revoke Key: Palette acts on me/ }).click();
    await expect(page.getByRole("dialog", { name: "Revoke Palette acts on me?" })).toBeVisible();
  });

  test("error codes are found and opened", async ({ page }) => {
    await page.keyboard.press("Control+k");
    await palette(page).fill("rate_limit_exc");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${ERROR_CATALOGUE}#rate_limit_exceeded`);
    await expect(page.getByRole("region", { name: "rate_limit_exceeded" })).toBeInViewport();
  });

  test("actions do what they say", async ({ page }) => {
    const run = async (text: string) => {
      await page.keyboard.press("Control+k");
      await palette(page).fill(text);
      await page.keyboard.press("Enter");
    };
    await run("dark theme");
    await expect(page.locator("html")).toHaveClass(/dark/);
    await run("copy api base");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(new URL(page.url()).origin);
    await run("create api key");
    const dialog = new KeysPage(page).createDialog;
    await expect(dialog.name).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog.root).toBeHidden();
    await run("sign out");
    await expect(new LoginPage(page).submit).toBeVisible();
  });

  test("single keys are shortcuts, except where one types", async ({ page }) => {
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    const keys = new KeysPage(page);
    await keys.ready();
    await page.keyboard.press("/");
    await expect(keys.search).toBeFocused();
    await page.keyboard.type("c?gb");
    await expect(keys.search).toHaveValue("c?gb");
    await expect(keys.createDialog.root).toBeHidden();
    await keys.search.fill("");
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("c");
    await expect(keys.createDialog.name).toBeFocused();
    await page.keyboard.press("Escape");

    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(sheet).toBeVisible();
    await sheet.getByRole("checkbox", { name: "Use single keys as shortcuts" }).uncheck();
    await page.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await page.keyboard.press("c");
    await page.keyboard.press("Control+k");
    await expect(palette(page)).toBeFocused();
    await expect(keys.createDialog.root).toBeHidden();
  });
});

test("a Member's palette offers only what a Member may do", async ({ page }) => {
  await signIn(page, MEMBER);
  await page.goto(ERROR_CATALOGUE);
  await expect(page.getByRole("button", { name: /^Account: / })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option", { name: /Go to/ })).toHaveText([/Go to Error codes/, /Go to Your account/]);
  await expect(page.getByRole("option", { name: /Create API key/ })).toHaveCount(0);
});
