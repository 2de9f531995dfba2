// The way to a new key through the dashboard, shared by the specs that need one.

import { expect } from "../fixtures/test";
import { PASSWORD } from "../fixtures/people";
import type { KeysPage } from "../pages/keys_page";

/** Creates a Production key with "Read Contacts" and returns it. Answers the password question on the way. */
export async function createKey(keys: KeysPage, name: string): Promise<string> {
  await keys.openCreateDialog();
  const dialog = keys.createDialog;
  await dialog.name.fill(name);
  await dialog.production.check();
  await dialog.next.click();
  await dialog.permission("Read Contacts").check();
  await dialog.next.click(); // never expires
  await dialog.next.click(); // from everywhere
  await dialog.generate.click();
  await keys.sudoDialog.confirm(PASSWORD);
  // It carries on by itself: no second click on "Generate API Key".
  await expect(keys.createdDialog.root).toBeVisible();
  return (await keys.createdDialog.key.innerText()).trim();
}
