// Key creation in the dashboard, shared by the specs that need it.

import { expect } from "../fixtures/test";
import { PASSWORD } from "../fixtures/people";
import type { KeysPage } from "../pages/keys_page";

/** Creates a Production key with "Read Contacts" and returns it. Confirms the password. */
export async function createKey(keys: KeysPage, name: string): Promise<string> {
  await keys.openCreateDialog();
  const dialog = keys.createDialog;
  await dialog.name.fill(name);
  await dialog.production.check();
  await dialog.next.click();
  await dialog.permission("Read Contacts").check();
  await dialog.next.click(); // never expires
  await dialog.next.click(); // no IP restrictions
  await dialog.generate.click();
  await keys.sudoDialog.confirm(PASSWORD);
  // The request is resumed automatically, without a second click on "Generate API Key".
  await expect(keys.createdDialog.root).toBeVisible();
  return (await keys.createdDialog.key.innerText()).trim();
}
