// Page objects of the dialogs that change a key, by role and label.

import type { Locator, Page } from "@playwright/test";

/** Dialog that edits the settings of a key. */
export class EditKeyDialog {
  readonly root: Locator;
  readonly name: Locator;
  readonly ips: Locator;
  readonly save: Locator;
  readonly summary: Locator;
  readonly meanwhile: Locator;
  readonly dropChanges: Locator;

  constructor(page: Page, name: string) {
    this.root = page.getByRole("dialog", { name: `Edit ${name}` });
    this.meanwhile = this.root.getByRole("list", { name: "Changed by someone else" });
    this.dropChanges = this.root.getByRole("button", { name: "drop them" });
    this.name = this.root.getByLabel("Key Name");
    this.ips = this.root.getByLabel("Allowed IP addresses");
    this.save = this.root.getByRole("button", { name: "Save Changes" });
    this.summary = this.root.getByRole("status").filter({ hasText: /reach further|Nothing is changed/ });
  }

  permission(label: string): Locator {
    return this.root.getByRole("checkbox", { name: label });
  }
}

/** Dialogs that ask for the old key's grace period, and show the new key once. */
export class RotateKeyDialog {
  readonly root: Locator;
  readonly confirm: Locator;
  readonly rotated: Locator;
  readonly key: Locator;
  readonly done: Locator;

  constructor(page: Page, name: string) {
    this.root = page.getByRole("dialog", { name: `Rotate ${name}?` });
    this.confirm = this.root.getByRole("button", { name: "Rotate Key" });
    this.rotated = page.getByRole("dialog", { name: "API Key Rotated Successfully" });
    this.key = this.rotated.getByTestId("new-api-key");
    this.done = this.rotated.getByRole("button", { name: "I've Saved My Key" });
  }

  grace(label: string): Locator {
    return this.root.getByRole("radio", { name: label });
  }
}

/** Confirmation before dangerous permissions are granted. */
export class DangerDialog {
  readonly root: Locator;
  readonly grant: Locator;
  readonly leaveOut: Locator;

  constructor(page: Page) {
    this.root = page.getByRole("dialog", { name: "Grant dangerous permissions?" });
    this.grant = this.root.getByRole("button", { name: "Grant" });
    this.leaveOut = this.root.getByRole("button", { name: "Leave Out" });
  }
}
