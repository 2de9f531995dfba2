import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { KEYS } from "./pages/routes";

test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

test("a search is in the URL, survives a reload and can be cleared", async ({ page }) => {
  const keys = new KeysPage(page);
  await keys.open();
  await expect(keys.cards).not.toHaveCount(0);
  await keys.search.fill("no key is called this");
  await expect(page.getByRole("heading", { name: "No keys match" })).toBeVisible();
  await expect(page).toHaveURL(/[?&]search=no(\+|%20)key/);

  await page.reload();
  await expect(keys.search).toHaveValue("no key is called this");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(keys.cards).not.toHaveCount(0);
  await expect(page).toHaveURL(KEYS);
});

test("status, sort and order are chosen in the bar, and are in the URL", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const about = `Ordered${Date.now()}`;
  const [first] = [await api.create(`${about} b`), await api.create(`${about} c`), await api.create(`${about} a`)];
  await api.revoke(first.key.id);
  const names = () => keys.cards.getByRole("heading", { level: 2 }).allTextContents();
  const keys = new KeysPage(page);
  await keys.open(`?search=${about}`);
  await expect.poll(names).toEqual([`${about} a`, `${about} c`, `${about} b`]);

  await page.getByRole("combobox", { name: "Sort" }).selectOption("name");
  await expect(page).toHaveURL(/[?&]sort=name/);
  await expect.poll(names).toEqual(["a", "b", "c"].map((name) => `${about} ${name}`));
  await page.getByRole("button", { name: "Sort descending" }).click();
  await expect.poll(names).toEqual(["c", "b", "a"].map((name) => `${about} ${name}`));

  await page.getByRole("combobox", { name: "Status" }).selectOption("revoked");
  await expect(page).toHaveURL(/[?&]status=revoked/);
  await expect.poll(names).toEqual([`${about} b`]);
  await page.reload();
  await expect.poll(names).toEqual([`${about} b`]);
});

test("the secret part of a key that is pasted into the search goes nowhere", async ({ page }) => {
  const keys = new KeysPage(page);
  await keys.open();
  const secret = "S3cr3t".repeat(9).slice(0, 52);
  const leaks: string[] = [];
  page.on("request", (request) => {
    if ((request.url() + (request.postData() ?? "")).includes(secret.slice(0, 12))) leaks.push(request.url());
  });

  const search = page.waitForRequest((request) => new URL(request.url()).searchParams.has("search"));
  await keys.search.fill(`pm_live_abc123def456${secret}`);
  expect(new URL((await search).url()).searchParams.get("search")).toBe("pm_live_abc123def456");
  await expect(page).toHaveURL(/search=pm_live_abc123def456$/);
  await expect(keys.search).toHaveValue("pm_live_abc123def456");
  expect(leaks).toEqual([]);
});

test("the create dialog works with the keyboard alone", async ({ page }) => {
  const keys = new KeysPage(page);
  await keys.open();
  await keys.createButton.focus();
  await page.keyboard.press("Enter");
  await expect(keys.createDialog.name).toBeFocused();
  await page.keyboard.type("Typed only");
  await page.keyboard.press("Enter");
  await expect(keys.createDialog.permission("Read Contacts")).toBeVisible();
  await keys.createDialog.back.focus();
  await page.keyboard.press("Enter");
  await expect(keys.createDialog.name).toHaveValue("Typed only");
  await page.keyboard.press("Escape");
  await expect(keys.createDialog.root).toBeHidden();
  await expect(keys.createButton).toBeFocused();
});
