import type { Page } from "@playwright/test";
import { KeysApi, type NewKey } from "./fixtures/keys_api";
import { DEVELOPER, OWNER, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DangerDialog, EditKeyDialog, RotateKeyDialog } from "./pages/key_dialogs";
import { type KeyCard, KeysPage } from "./pages/keys_page";

/** Opens the page with the card of one key only. */
async function openKey(page: Page, name: string, id: string, email = DEVELOPER): Promise<[KeysPage, KeyCard]> {
  await signIn(page, email);
  const keys = new KeysPage(page);
  await keys.open(`?key=${id}`);
  return [keys, keys.card(name)];
}

const button = (card: KeyCard, name: string) => card.root.getByRole("button", { name, exact: true });

test("a page about one key leads back to all of them", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("One of many");
  const [keys, card] = await openKey(page, key.name, key.id);
  await expect(keys.cards).toHaveCount(1);
  await expect(card.root.getByText("Read Contacts")).toBeVisible();
  await expect(keys.search).toHaveValue("");
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(keys.cards).not.toHaveCount(1);
  await expect(page).not.toHaveURL(/key=/);
});

test("narrowing a key needs no password and sends only what changed", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("To be narrowed");
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await expect(dialog.save).toBeDisabled();
  await dialog.permission("Send Emails").uncheck();
  await expect(dialog.summary).toContainText("no password needed");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.save.click();
  expect((await sent).postDataJSON()).toEqual({ permissions: ["contacts:write"] });
  await expect(dialog.root).toBeHidden();
  await expect(page.getByText(`“${key.name}” is changed.`)).toBeVisible();
});

test("what someone else changed meanwhile is shown, and not undone", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Edited by two");
  const [keys, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.root.getByLabel("Description").fill("Sign-up form");
  await dialog.permission("Read Analytics").check();
  await api.update(key.id, { permissions: ["contacts:write"], ip_allowlist: ["203.0.113.0/24"] });
  await dialog.save.click();

  await expect(dialog.meanwhile).toContainText("Removed: Send Emails");
  await expect(dialog.meanwhile).toContainText("Allowed IPs: All → 203.0.113.0/24");
  await expect(dialog.permission("Send Emails")).not.toBeChecked();
  await expect(dialog.permission("Read Analytics")).toBeChecked();
  await expect(dialog.summary).toContainText("saving takes your password");
  expect((await api.get(key.id)).description).toBe("");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await dialog.save.click();
  expect((await sent).postDataJSON()).toEqual({
    description: "Sign-up form",
    permissions: ["contacts:write", "analytics:read"],
  });
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(dialog.root).toBeHidden();
  const saved = await api.get(key.id);
  expect(saved.permissions).toEqual(["contacts:write", "analytics:read"]);
  expect(saved.ip_allowlist).toEqual(["203.0.113.0/24"]);
});

test("changes that came too late can be dropped", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Dropped");
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.root.getByLabel("Description").fill("mine");
  await api.update(key.id, { description: "theirs" });
  await dialog.save.click();
  await expect(dialog.meanwhile).toContainText("Description");
  await dialog.dropChanges.click();
  await expect(dialog.root.getByLabel("Description")).toHaveValue("theirs");
  await expect(dialog.summary).toContainText("Nothing is changed yet.");
  await expect(dialog.save).toBeDisabled();
  expect((await api.get(key.id)).description).toBe("theirs");
});

test("changes that are not saved are not lost by one slip", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Not saved yet");
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.name.fill("Half a name");
  await page.keyboard.press("Escape");
  await expect(dialog.root.getByText(/^These changes are not saved/)).toBeVisible();
  await expect(dialog.name).toHaveValue("Half a name");
  await page.keyboard.press("Escape");
  await expect(dialog.root).toBeHidden();
});

test("widening a key asks for the password and then carries on", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("To be widened", { ip_allowlist: ["203.0.113.0/24"] });
  const [keys, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.ips.fill("nonsense,");
  await expect(dialog.ips).toHaveValue("");
  await dialog.save.click();
  await expect(dialog.root.getByText("“nonsense” is not an IP address or CIDR range.")).toBeVisible();
  await expect(dialog.ips).toBeFocused();
  await dialog.root.getByRole("button", { name: "Remove nonsense" }).click();

  await dialog.ips.fill("198.51.100.5");
  await dialog.ips.press("Enter");
  await expect(dialog.root.getByRole("list", { name: "Allowed addresses" })).toContainText("1 address");
  await expect(dialog.summary).toContainText("saving takes your password");
  await dialog.save.click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(dialog.root).toBeHidden();
  expect((await api.get(key.id)).ip_allowlist).toEqual(["203.0.113.0/24", "198.51.100.5/32"]);
});

test("dangerous permissions are granted only after a second question", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Nearly dangerous");
  const [, card] = await openKey(page, key.name, key.id, OWNER);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  const danger = new DangerDialog(page);
  const box = dialog.permission("Manage API Keys");
  await box.click();
  await expect(danger.leaveOut).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(danger.root).toBeHidden();
  await expect(dialog.root).toBeVisible();
  await expect(box).not.toBeChecked();
  await box.click();
  await danger.grant.click();
  await expect(box).toBeChecked();
  await dialog.root.getByRole("button", { name: "Full Access" }).click();
  await expect(danger.root.getByText("Manage Billing")).toBeVisible();
  await danger.leaveOut.click();
  await expect(dialog.permission("Manage Billing")).not.toBeChecked();
});

test("what a permission opens is told, and what waits for approval", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Curious");
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.root.locator("summary").filter({ hasText: "of Delete Contacts" }).click();
  await expect(dialog.root.getByText("/v1/contacts/{id}").filter({ visible: true })).toBeVisible();
  await dialog.permission("Send Bulk Emails").check();
  await expect(dialog.root.getByText(/^Pending approval: has no effect/)).toBeVisible();
  const all = dialog.permission("All Emails permissions");
  await expect(all).toBeChecked();
  await dialog.permission("Send Emails").uncheck();
  await expect(all).not.toBeChecked();
  expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
});

test("a rotated key is shown once, and the old one tells its end", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const made = await api.create("Turns round");
  const call = (key: string) => fetch(`${server.url}/v1/contacts`, { headers: { Authorization: `Bearer ${key}` } });
  expect((await call(made.api_key)).status).toBe(200);
  const [keys, card] = await openKey(page, made.key.name, made.key.id);
  await button(card, "Rotate Key").click();
  const dialog = new RotateKeyDialog(page, made.key.name);
  await expect(dialog.grace("After 24 hours")).toBeChecked();
  await dialog.grace("After 7 days").check();
  await dialog.confirm.click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(dialog.rotated).toContainText(`The old key ${made.key.masked_key} works until`);
  const fresh = (await dialog.key.innerText()).trim();
  expect(fresh).toMatch(/^pm_live_[0-9A-Za-z]{64}$/);
  await expect(dialog.rotated.getByText("Waiting for your first request…")).toBeVisible();
  expect((await call(fresh)).status).toBe(200);
  expect((await call(made.api_key)).status).toBe(200);
  await expect(dialog.rotated.getByText("First request received, from 127.0.0.1")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.rotated.getByRole("alert")).toContainText("has not been copied yet");
  await dialog.done.click();
  await expect(card.root.getByText("Rotating", { exact: true })).toBeVisible();
  await expect(card.root.getByText(/^Stops working on/)).toBeVisible();
  await expect(card.root.getByText("66.7%")).toBeVisible();
  await expect(button(card, "Rotate Key")).toHaveCount(0);
});

test("a refused request is no first request, and says what to do", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const made = await api.create("Refused at first", { permissions: ["contacts:read"] });
  const call = (key: string, path: string, method = "GET") =>
    fetch(`${server.url}${path}`, { method, headers: { Authorization: `Bearer ${key}` } });
  const [keys, card] = await openKey(page, made.key.name, made.key.id);
  await button(card, "Rotate Key").click();
  const dialog = new RotateKeyDialog(page, made.key.name);
  await dialog.confirm.click();
  await keys.sudoDialog.confirm(PASSWORD);
  const fresh = (await dialog.key.innerText()).trim();
  expect((await call(fresh, "/v1/emails/send", "POST")).status).toBe(403);
  const refusal = dialog.rotated.getByText("A request came and was refused: Permission missing.");
  await expect(refusal).toContainText("Add the permission that POST /v1/emails/send needs to the key.");
  await expect(dialog.rotated.getByText("First request received")).toHaveCount(0);
  expect((await call(fresh, "/v1/contacts")).status).toBe(200);
  await expect(dialog.rotated.getByText("First request received, from 127.0.0.1")).toBeVisible();
  expect((await call(made.api_key, "/v1/emails/send", "POST")).status).toBe(403);
  await dialog.done.click();
  await expect(card.root.getByText(/Never.*last refused .*: Permission missing/)).toBeVisible();
});

test("an old key that nothing uses is safe to revoke", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Unused by now");
  await api.rotate(key.id, 3600);
  const [, card] = await openKey(page, key.name, key.id);
  await expect(card.root.getByText("Safe to revoke")).toBeVisible();
});

test("disabling is offered instead of revoking, and can be undone", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("On and off");
  const [keys, card] = await openKey(page, key.name, key.id);
  await button(card, "Revoke Key").click();
  await keys.revokeDialog(key.name).root.getByRole("button", { name: "Disable instead" }).click();
  await expect(card.root.getByText("Disabled", { exact: true })).toBeVisible();
  await button(card, "Enable").click();
  await page.getByRole("dialog").getByRole("button", { name: "Enable" }).click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(card.root.getByText("Active", { exact: true })).toBeVisible();
});

test("a name is confirmed as it looks, and what is missing is said", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  // Two spaces, a no-break space, a zero-width space and a decomposed letter.
  const { key } = await api.create("Cafe\u0301  \u00a0prod\u200b", { environment: "live" });
  expect(key.name).toBe("Café prod");
  const [keys, card] = await openKey(page, key.name, key.id);
  await button(card, "Revoke Key").click();
  const dialog = keys.revokeDialog(key.name);
  const typed = dialog.root.getByLabel("Type the key name to confirm");
  await expect(dialog.confirm).toBeDisabled();
  await typed.fill("Café");
  await expect(dialog.root.getByText("Still missing: “prod”.")).toBeVisible();
  await typed.fill("café prod");
  await expect(dialog.root.getByText("Upper and lower case matter: “Café prod”.")).toBeVisible();
  await expect(dialog.confirm).toBeDisabled();
  // The same name in another Unicode form, as copied from another program.
  await typed.fill(" Cafe\u0301\u00a0 prod\u200d");
  await dialog.confirm.click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(card.root.getByText("Revoked", { exact: true })).toBeVisible();
});

test("revoking what has just been revoked says so", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Too late", { environment: "test" });
  const [keys, card] = await openKey(page, key.name, key.id);
  await button(card, "Revoke Key").click();
  const dialog = keys.revokeDialog(key.name);
  await api.revoke(key.id);
  await dialog.confirm.click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(
    dialog.root.getByText("This key has already been revoked and cannot be used."),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(card.root.getByText("Revoked", { exact: true })).toBeVisible();
});

test("bulk sending waits for an Admin, who approves it on the card", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const body = { permissions: ["campaigns:write", "emails:send_bulk"] };
  const { key } = await api.create("Sends in bulk", body);
  const [keys, card] = await openKey(page, key.name, key.id);
  await expect(card.root.getByText("Ask an Admin or Owner.")).toBeVisible();
  await expect(button(card, "Approve")).toHaveCount(0);

  await signIn(page, OWNER);
  await page.reload();
  await button(card, "Approve").click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(card.root.getByText("Pending approval:")).toHaveCount(0);
});

test("unused permissions go with one click", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Has too much");
  // A key can't be made idle for a month here, so the response is changed.
  await page.route("**/api/v1/platform/api-keys?*", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const row of body.data) if (row.permissions.includes("emails:send")) row.unused_permissions = ["emails:send"];
    await route.fulfill({ response: answer, json: body });
  });
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Remove 1 unused permission").click();
  const dialog = page.getByRole("dialog", { name: `Remove 1 unused permission of ${key.name}?` });
  await expect(dialog.getByText("Send Emails")).toBeVisible();
  await dialog.getByRole("button", { name: "Remove 1" }).click();
  await expect(dialog).toBeHidden();
  expect((await api.get(key.id)).permissions).toEqual(["contacts:write"]);
  // The list is fetched again: if the page closes meanwhile, the handler loses its response.
  await page.unrouteAll({ behavior: "wait" });
});

test("a recoverable key is shown after the password, and hides again", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const made = await api.create("Shows itself", { recoverable: true });
  const [keys, card] = await openKey(page, made.key.name, made.key.id);
  await page.clock.install();
  await button(card, "Show Key").click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(card.root.getByText(made.api_key)).toBeVisible();
  await button(card, "Copy full key").click();
  await expect(page.getByText("The full key is copied to the clipboard.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(made.api_key);
  await expect(card.root.getByText(/^Hides in \d+ seconds?$/)).toBeVisible();
  await page.clock.runFor(31_000);
  await expect(card.root.getByText(made.api_key)).toHaveCount(0);
  await expect(button(card, "Show Key")).toBeVisible();
});

test("a key that is not kept says why, and its mask is copied", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Shown once");
  const [, card] = await openKey(page, key.name, key.id);
  await button(card, "Show Key").click();
  await expect(card.root.getByText(/^This key was shown once/)).toBeVisible();
  // A non-recoverable key has nothing to hide again.
  await expect(button(card, "Show Key")).toHaveAttribute("aria-expanded", "true");
  await button(card, "Copy masked key").click();
  await expect(page.getByText(/^Only the masked key was copied/)).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key.masked_key);
});

test("an error of the server is told in the dialog, and nothing is lost", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const { key } = await api.create("Meets an error");
  const [, card] = await openKey(page, key.name, key.id);
  await page.route("**/api/v1/platform/api-keys/*", (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.fallback(),
  );
  await button(card, "Edit Permissions").click();
  const dialog = new EditKeyDialog(page, key.name);
  await dialog.name.fill("Another name");
  await dialog.save.click();
  await expect(dialog.root.getByText("The server cannot be reached.")).toBeVisible();
  await expect(dialog.name).toHaveValue("Another name");
  await page.unroute("**/api/v1/platform/api-keys/*");
  await dialog.save.click();
  await expect(dialog.root).toBeHidden();
  expect((await api.get(key.id)).name).toBe("Another name");
});

test("a key is revoked with the keys that it has created, if one wants that", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const parent = await api.create("Deployer", { permissions: ["admin:keys", "contacts:read"] });
  const child = await api.createWith(parent, "Deployed first", ["admin:keys", "contacts:read"]);
  const grandchild = await api.createWith(child, "Deployed second", ["contacts:read"]);
  const status = async (key: NewKey) => {
    const headers = { Authorization: `Bearer ${key.api_key}` };
    return (await fetch(`${server.url}/v1/whoami`, { headers })).status;
  };
  const [keys, card] = await openKey(page, parent.key.name, parent.key.id, OWNER);
  await button(card, "Revoke Key").click();
  const dialog = keys.revokeDialog(parent.key.name);
  await expect(dialog.root.getByText("Also revoke 2 keys that it created")).toBeVisible();
  await expect(dialog.alsoCreated).not.toBeChecked();
  await dialog.name.fill(parent.key.name);
  await dialog.confirm.click();
  await keys.sudoDialog.confirm(PASSWORD);
  await expect(card.root.getByText("Revoked", { exact: true })).toBeVisible();
  expect(await status(parent)).toBe(401);
  expect(await status(grandchild)).toBe(200);

  // The created keys still work, and the card says so.
  await expect(card.root.getByText("2 keys that this key created are not revoked.")).toBeVisible();
  await button(card, "Revoke 2 keys").click();
  const rest = page.getByRole("dialog", { name: `Revoke what ${parent.key.name} created?` });
  await rest.getByLabel("Type the key name to confirm").fill(parent.key.name);
  await rest.getByRole("button", { name: "Revoke Them" }).click();
  await expect(rest).toBeHidden();
  await expect(page.getByText(`Revoked 2 keys that “${parent.key.name}” created.`)).toBeVisible();
  for (const key of [child, grandchild]) expect(await status(key)).toBe(401);
  await expect(button(card, "Revoke 2 keys")).toHaveCount(0);

  // Revokes the key and the keys created by it at once.
  const second = await api.create("Deployer 2", { permissions: ["admin:keys"] });
  const last = await api.createWith(second, "Deployed third", ["admin:keys"]);
  await keys.open(`?key=${second.key.id}`);
  const its = keys.card(second.key.name);
  await button(its, "Revoke Key").click();
  const both = keys.revokeDialog(second.key.name);
  await both.alsoCreated.check();
  await both.name.fill(second.key.name);
  await both.confirm.click();
  await expect(page.getByText(`“${second.key.name}” is revoked, and 1 key that it created.`)).toBeVisible();
  expect(await status(last)).toBe(401);
});

test("what a role does not allow with a key is disabled, with the reason", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  const disabled = await api.create("Owner's own", { permissions: ["admin:full"], recoverable: true });
  await api.disable(disabled.key.id);
  const approved = await api.create("Newsletter", { permissions: ["campaigns:write", "emails:send_bulk"] });
  await api.approve(approved.key.id);

  const [keys, card] = await openKey(page, disabled.key.name, disabled.key.id);
  await expect(button(card, "Enable")).toBeDisabled();
  const why = "Only an Owner or Admin can enable this key, because it has Full Account Access.";
  await expect(card.root.getByText(why)).toBeVisible();
  await expect(button(card, "Enable")).toHaveAccessibleDescription(why);
  await button(card, "Show Key").click();
  await expect(card.root.getByText(/^Only an Owner or Admin can reveal this key/)).toBeVisible();
  await expect(button(card, "Revoke Key")).toBeEnabled();
  // A link with this action shows the same reason.
  await page.goto(`${page.url().split("?")[0]}?key=${disabled.key.id}&action=enable`);
  await expect(page.getByRole("alert").or(page.getByRole("status")).filter({ hasText: why }).first()).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await keys.open(`?key=${approved.key.id}`);
  const bulk = keys.card(approved.key.name);
  await button(bulk, "Rotate Key").click();
  const rotate = new RotateKeyDialog(page, approved.key.name);
  await expect(rotate.root.getByText(/^The new key cannot send in bulk until/)).toBeVisible();
  await page.keyboard.press("Escape");
  await button(bulk, "Edit Permissions").click();
  const edit = new EditKeyDialog(page, approved.key.name);
  await edit.permission("Read Contacts").check();
  await expect(edit.root.getByText(/^Only an Owner or Admin can widen this key/)).toBeVisible();
  await expect(edit.save).toBeDisabled();
  await edit.permission("Send Bulk Emails").uncheck();
  await expect(edit.save).toBeEnabled();

  await signIn(page, OWNER);
  await keys.open(`?key=${disabled.key.id}`);
  await expect(button(keys.card(disabled.key.name), "Enable")).toBeEnabled();
});
