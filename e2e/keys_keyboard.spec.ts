// Full lifecycle of a key, from creation to revocation, with the keyboard only.

import type { Locator, Page } from "@playwright/test";
import { DEVELOPER, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { EditKeyDialog, RotateKeyDialog } from "./pages/key_dialogs";
import { KeysPage } from "./pages/keys_page";

/** Presses Tab until `target` has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reached ${target}`);
}

test("a key is created, copied, used, edited, rotated and revoked by keyboard alone", async ({ page, server }) => {
  test.setTimeout(120_000);
  const name = "Keyboard only";
  const call = (key: string) => fetch(`${server.url}/v1/contacts`, { headers: { Authorization: `Bearer ${key}` } });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await signIn(page, DEVELOPER);
  const keys = new KeysPage(page);
  await keys.open();
  const { createDialog, createdDialog, sudoDialog } = keys;
  const press = async (target: Locator, key = "Enter") => {
    await tabTo(page, target);
    await page.keyboard.press(key);
  };

  await press(keys.createButton);
  await expect(createDialog.name).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await press(createDialog.permission("Delete Contacts"), "Space");
  await press(createDialog.next);
  await tabTo(page, createDialog.root.getByRole("radio", { name: /Never Expire/ }));
  await page.keyboard.press("ArrowDown");
  await expect(createDialog.root.getByText(/^The key stops working on/)).toBeVisible();
  await press(createDialog.next);
  await press(createDialog.generate);
  await expect(sudoDialog.password).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");

  // Escape only closes the dialog once the key is copied.
  const copy = createdDialog.root.getByRole("button", { name: "Copy key" });
  await expect(copy).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(createdDialog.root.getByRole("alert")).toContainText("has not been copied yet");
  await page.keyboard.press("Enter");
  await expect(copy).toHaveText("Copied");
  const first = await clipboard();
  expect(first).toMatch(/^pm_live_[0-9A-Za-z]{64}$/);

  await expect(createdDialog.root.getByText("Waiting for your first request…")).toBeVisible();
  expect((await call(first)).status).toBe(200);
  await expect(createdDialog.root.getByText("First request received")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(createdDialog.root).toBeHidden();
  await expect(keys.createButton).toBeFocused();

  const card = keys.card(name);
  const button = (label: string) => card.root.getByRole("button", { name: label, exact: true });
  await press(button("Edit Permissions"));
  const edit = new EditKeyDialog(page, name);
  await press(edit.permission("Delete Contacts"), "Space");
  await press(edit.save);
  await expect(edit.root).toBeHidden();
  await expect(button("Edit Permissions")).toBeFocused();

  await press(button("Rotate Key"));
  const rotate = new RotateKeyDialog(page, name);
  await expect(rotate.grace("After 24 hours")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(rotate.grace("Now")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(rotate.rotated.getByRole("button", { name: "Copy key" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(rotate.rotated).toContainText("has stopped working");
  await expect(rotate.rotated.getByRole("button", { name: "Copy key" })).toHaveText("Copied");
  const second = await clipboard();
  expect((await call(first)).status).toBe(401);
  expect((await call(second)).status).toBe(200);
  await press(rotate.done);
  await expect(rotate.rotated).toBeHidden();

  // Revoke the newer of the two keys, which is listed first.
  await expect(keys.card(name).root).toHaveCount(2);
  await press(keys.card(name).root.first().getByRole("button", { name: "Revoke Key" }));
  const revoke = keys.revokeDialog(name);
  await expect(revoke.root.getByRole("button", { name: "Keep Key" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(revoke.name).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await expect(revoke.root).toBeHidden();
  expect((await call(second)).status).toBe(401);
});

test("the arrow keys go from box to box of the permissions", async ({ page }) => {
  await signIn(page, DEVELOPER);
  const keys = new KeysPage(page);
  await keys.open();
  await keys.openCreateDialog();
  const { createDialog } = keys;
  await createDialog.name.fill("Arrows");
  await page.keyboard.press("Enter");
  await createDialog.permission("Delete Campaigns").focus();
  await page.keyboard.press("ArrowDown");
  await expect(createDialog.permission("All Contacts permissions")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(createDialog.permission("Read Contacts")).toBeFocused();
  await page.keyboard.press("Space");
  await expect(createDialog.permission("Read Contacts")).not.toBeChecked();
  // The focus skips permissions that a Developer can't grant, and wraps around.
  await page.keyboard.press("End");
  await expect(createDialog.permission("Send Bulk Emails")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(createDialog.permission("All Campaigns permissions")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(createDialog.permission("Send Bulk Emails")).toBeFocused();
});
