import { DEVELOPER, PASSWORD } from "../fixtures/people";
import { expect, test } from "../fixtures/test";
import { KeysPage } from "../pages/keys_page";
import { LoginPage } from "../pages/login_page";
import { KEYS } from "../pages/routes";
import { createKey } from "./create_key";

test("a key is created, used, counted, revoked and refused", async ({ page, server }) => {
  const name = "Lifecycle journey";
  const keys = new KeysPage(page);
  const callWith = (key: string) =>
    fetch(`${server.url}/v1/contacts`, { headers: { Authorization: `Bearer ${key}` } });

  await page.goto(KEYS);
  await new LoginPage(page).signIn(DEVELOPER, PASSWORD);
  await keys.ready();
  const key = await createKey(keys, name);
  expect(key).toMatch(/^pm_live_[0-9A-Za-z]{64}$/);
  await keys.createdDialog.done.click();
  await expect(page.getByText(key)).toHaveCount(0);

  const card = keys.card(name);
  await expect(card.value("Total Requests")).toHaveText("0");
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));

  const answer = await callWith(key);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ data: expect.any(Array), total: expect.any(Number) });
  await expect(card.value("Total Requests")).toHaveText("1");
  expect(await page.evaluate(() => Reflect.get(window, "notReloaded"))).toBe(true);

  await card.revokeButton.click();
  const dialog = keys.revokeDialog(name);
  await expect(dialog.confirm).toBeDisabled();
  await dialog.name.fill(name);
  const revoked = page.waitForResponse((response) => response.request().method() === "DELETE");
  await dialog.confirm.click();
  expect((await revoked).status()).toBe(200);

  const refused = await callWith(key);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("content-type")).toContain("application/problem+json");
  expect(await refused.json()).toMatchObject({
    error: "invalid_token",
    message: "API key is invalid or expired",
  });
  await expect(card.root.getByText("Revoked", { exact: true })).toBeVisible();
});

test("the wizard keeps what was typed when the password is wrong at first", async ({ page }) => {
  const keys = new KeysPage(page);
  await page.goto(KEYS);
  await new LoginPage(page).signIn(DEVELOPER, PASSWORD);
  await keys.ready();
  await keys.openCreateDialog();
  await keys.createDialog.name.fill("Second thoughts");
  await keys.createDialog.test.check();
  for (let step = 1; step < 4; step++) await keys.createDialog.next.click();
  await keys.createDialog.generate.click();

  await keys.sudoDialog.password.fill("not-my-password");
  await keys.sudoDialog.submit.click();
  await expect(keys.sudoDialog.root.getByText("That password is wrong.")).toBeVisible();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(keys.createdDialog.key).toHaveText(/^pm_test_[0-9A-Za-z]{64}$/);
});
