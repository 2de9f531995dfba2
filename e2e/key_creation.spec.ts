import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, enterSudo, OWNER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { KeysPage } from "./pages/keys_page";
import { OVERVIEW } from "./pages/routes";

/** Opens the last step of the wizard, with the defaults of all other steps. */
async function lastStep(page: Page, name: string): Promise<KeysPage> {
  await signIn(page, DEVELOPER);
  await enterSudo(page);
  const keys = new KeysPage(page);
  await keys.open();
  await keys.openCreateDialog();
  await keys.createDialog.name.fill(name);
  for (let step = 1; step < 4; step++) await keys.createDialog.next.click();
  return keys;
}

test("the last step says in plain words what will be created", async ({ page }) => {
  const { createDialog } = await lastStep(page, "In plain words");
  const summary = createDialog.root.getByRole("region", { name: "Summary" });
  await expect(summary).toContainText("You are about to create “In plain words”");
  await expect(summary).toContainText(
    "Anyone who gets this key can send emails in your name, from anywhere, until you revoke it.",
  );
  await createDialog.root.getByRole("radio", { name: /Restrict to IPs/ }).check();
  await createDialog.root.getByRole("button", { name: /^Use my current address/ }).click();
  await expect(createDialog.root.getByText(/^Your current address .* is on the list/)).toBeVisible();
  await expect(summary).toContainText("127.0.0.1");
  await expect(summary).not.toContainText("from anywhere");
});

test("the command beside a new key is one that works", async ({ page }) => {
  const keys = await lastStep(page, "Sends mail only");
  const { createDialog, createdDialog } = keys;
  await createDialog.back.click();
  await createDialog.back.click();
  await createDialog.root.getByRole("button", { name: "Email Sending" }).click();
  await createDialog.permission("Send Bulk Emails").uncheck();
  await createDialog.next.click();
  await createDialog.next.click();
  await createDialog.generate.click();
  await createdDialog.root.getByRole("button", { name: "Copy command" }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const [, url, key] = /^curl -X GET (\S+) \\\n {2}-H "Authorization: Bearer (\w+)"$/.exec(command) ?? [];
  expect(new URL(String(url)).pathname).toBe("/v1/emails");
  const answer = await fetch(String(url), { headers: { Authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
});

test("a new key can be saved as a file", async ({ page }) => {
  const { createDialog, createdDialog } = await lastStep(page, "Saved as a file");
  await createDialog.generate.click();
  const key = (await createdDialog.key.innerText()).trim();
  const saved = page.waitForEvent("download");
  await createdDialog.root.getByRole("button", { name: "Download .env" }).click();
  const file = await (await saved).path();
  expect(await readFile(file, "utf8")).toBe(
    `# Saved as a file\n# Keep this file out of version control.\nPENGUINMAILS_API_KEY=${key}\n`,
  );
  await page.keyboard.press("Escape");
  await expect(createdDialog.root).toBeHidden();
});

test("a refused clipboard is told, and the dialog stays", async ({ page }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  const { createDialog, createdDialog } = await lastStep(page, "Cannot be copied");
  await createDialog.generate.click();
  const key = (await createdDialog.key.innerText()).trim();
  await createdDialog.root.getByRole("button", { name: "Copy key" }).click();
  await expect(createdDialog.root.getByRole("alert")).toContainText("The browser did not allow copying.");
  expect(await page.evaluate(() => String(getSelection()))).toBe(key);
  await page.keyboard.press("Escape");
  await expect(createdDialog.root).toBeVisible();
  await createdDialog.done.click();
  await expect(createdDialog.root).toBeHidden();
});

test("a key that may be revealed later says so from the beginning", async ({ page }) => {
  const { createDialog, createdDialog } = await lastStep(page, "Kept for later");
  for (let step = 4; step > 1; step--) await createDialog.back.click();
  await createDialog.root.getByRole("checkbox", { name: "Allow revealing later" }).check();
  for (let step = 1; step < 4; step++) await createDialog.next.click();
  await expect(createDialog.root.getByRole("region", { name: "Summary" })).toContainText("After you enter your password");
  await createDialog.generate.click();
  await expect(createdDialog.root).toContainText("To see it again you will have to enter your password.");
});

test("what a Developer may not grant cannot be ticked", async ({ page }) => {
  const { createDialog } = await lastStep(page, "Within his rights");
  await createDialog.back.click();
  await createDialog.back.click();
  for (const label of ["Full Account Access", "Manage API Keys", "Manage Billing"]) {
    await expect(createDialog.permission(label)).toBeDisabled();
  }
  await createDialog.root.getByRole("button", { name: "Full Access" }).click();
  await expect(createDialog.permission("Send Bulk Emails")).toBeChecked();
  await expect(createDialog.permission("Manage Billing")).not.toBeChecked();
});

test("many keys come page by page", async ({ page, server }) => {
  const api = await KeysApi.open(server.url);
  for (let number = 1; number <= 23; number++) await api.create(`Paged ${number}`, { environment: "test" });
  await signIn(page, DEVELOPER);
  const keys = new KeysPage(page);
  await keys.open("?search=Paged");
  await expect(keys.cards).toHaveCount(20);
  await expect(page.getByText("20 of 23 keys")).toBeVisible();
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(keys.cards).toHaveCount(23);
  await expect(page.getByRole("button", { name: "Load more" })).toHaveCount(0);
});

test("a list that cannot be fetched says so, and can be tried again", async ({ page }) => {
  await signIn(page, DEVELOPER);
  const keys = new KeysPage(page);
  // The page also retries automatically, so requests fail until the click.
  await page.addInitScript(() => {
    document.addEventListener("click", () => document.body.setAttribute("data-clicked", ""), true);
  });
  await page.route("**/api/v1/platform/api-keys?*", async (route) => {
    const clicked = await page.locator("body[data-clicked]").count();
    await (clicked > 0 ? route.continue() : route.abort());
  });
  await page.goto("/dashboard/settings/developers/keys");
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(keys.cards).not.toHaveCount(0);
});

test("a company that forbids recoverable keys says so before anything is filled in", async ({ page }) => {
  await page.route("**/api/v1/auth/session", async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { tenant: object };
    await route.fulfill({ response: answer, json: { ...session, tenant: { ...session.tenant, allow_recoverable: false } } });
  });
  const keys = new KeysPage(page);
  await signIn(page, DEVELOPER);
  await keys.open();
  await keys.openCreateDialog();
  await expect(page.getByLabel("Allow revealing later")).toBeDisabled();
  await expect(page.getByText("Your company does not allow this: each key is shown once.")).toBeVisible();
});

test("whoever has no keys may begin with a template", async ({ page }) => {
  await signIn(page, DEVELOPER);
  await page.route("**/api/v1/platform/api-keys?*", (route) =>
    route.fulfill({ json: { data: [], total: 0, next_cursor: null } }),
  );
  const keys = new KeysPage(page);
  await keys.open();
  await expect(page.getByRole("heading", { name: "No API keys yet" })).toBeVisible();
  await page.getByRole("group", { name: "or begin with" }).getByRole("button", { name: "Email Sending" }).click();
  const { createDialog } = keys;
  await createDialog.name.fill("Sends");
  await createDialog.next.click();
  await expect(createDialog.permission("Send Emails")).toBeChecked();
  await expect(createDialog.permission("Read Contacts")).not.toBeChecked();
  await page.keyboard.press("Escape");

  // The next key starts with the defaults.
  await keys.openCreateDialog();
  await createDialog.name.fill("Usual");
  await createDialog.next.click();
  await expect(createDialog.permission("Read Contacts")).toBeChecked();
});

test("a link opens the wizard with a template, once, and none that is dangerous", async ({ page }) => {
  await signIn(page, OWNER);
  const keys = new KeysPage(page);
  await keys.open("?template=read-only");
  const { createDialog } = keys;
  await createDialog.name.fill("Reads");
  await createDialog.next.click();
  await expect(createDialog.permission("Read Analytics")).toBeChecked();
  await expect(createDialog.permission("Write Contacts")).not.toBeChecked();
  await page.reload();
  await keys.ready();
  await expect(createDialog.root).toBeHidden();
  await keys.open("?template=full-access");
  await expect(createDialog.root).toBeHidden();
});

test("the way back does not take a new key away", async ({ page }) => {
  await signIn(page, DEVELOPER);
  await enterSudo(page);
  await page.goto(OVERVIEW);
  await page.getByRole("link", { name: "API Keys", exact: true }).click();
  const keys = new KeysPage(page);
  await keys.openCreateDialog();
  await keys.createDialog.name.fill("Stays on show");
  for (let step = 1; step < 4; step++) await keys.createDialog.next.click();
  await keys.createDialog.generate.click();
  await expect(keys.createdDialog.root).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(OVERVIEW);
  await expect(keys.createdDialog.root).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(keys.createdDialog.root.getByRole("alert")).toContainText("has not been copied yet");
});

test("Escape in the address field closes the dialog and harms nothing", async ({ page }) => {
  const { createDialog } = await lastStep(page, "Given up");
  await createDialog.root.getByRole("radio", { name: /Restrict to IPs/ }).check();
  await createDialog.root.getByLabel("Allowed IP addresses").fill("203.0.113.7");
  await page.keyboard.press("Escape");
  await expect(createDialog.root).toHaveCount(0);
  await expect(page.getByText("Something went wrong in this page.")).toBeHidden();
  await page.getByRole("button", { name: "+ Create API Key" }).click();
  await expect(createDialog.name).toHaveValue("");
});
