import { expect, type Locator, type Page } from "@playwright/test";
import { KEYS } from "./routes";

/** Page object of the list of keys and its dialogs. */
export class KeysPage {
  readonly createButton: Locator;
  readonly search: Locator;
  readonly cards: Locator;
  readonly createDialog: CreateKeyDialog;
  readonly createdDialog: KeyCreatedDialog;
  readonly sudoDialog: SudoDialog;

  constructor(private readonly page: Page) {
    this.createButton = page.getByRole("button", { name: "+ Create API Key" });
    this.search = page.getByRole("searchbox", { name: "Search by key name or ID" });
    this.cards = page.getByRole("article");
    this.createDialog = new CreateKeyDialog(page);
    this.createdDialog = new KeyCreatedDialog(page);
    this.sudoDialog = new SudoDialog(page);
  }

  /** Opens the page and waits until the list is loaded. */
  async open(query = ""): Promise<void> {
    await this.page.goto(KEYS + query);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(this.createButton).toBeVisible();
    await expect(this.page.locator("[aria-busy=true], .skeleton")).toHaveCount(0);
  }

  async openCreateDialog(): Promise<void> {
    await this.createButton.click();
    await expect(this.createDialog.name).toBeVisible();
  }

  card(name: string): KeyCard {
    return new KeyCard(this.page.getByRole("article", { name, exact: true }));
  }

  revokeDialog(name: string): RevokeDialog {
    return new RevokeDialog(this.page.getByRole("dialog", { name: `Revoke ${name}?` }));
  }
}

/** Card of one key. */
export class KeyCard {
  readonly revokeButton: Locator;
  readonly copyIdButton: Locator;

  constructor(readonly root: Locator) {
    this.revokeButton = root.getByRole("button", { name: "Revoke Key" });
    this.copyIdButton = root.getByRole("button", { name: "Copy key ID" });
  }

  /** Locates the value of a term on the card, such as "Total Requests". */
  value(term: string): Locator {
    return this.root.getByRole("term").filter({ hasText: term }).locator("xpath=following-sibling::dd[1]");
  }
}

/** Wizard that creates a key in four steps. */
export class CreateKeyDialog {
  readonly root: Locator;
  readonly name: Locator;
  readonly description: Locator;
  readonly production: Locator;
  readonly test: Locator;
  readonly next: Locator;
  readonly back: Locator;
  readonly generate: Locator;

  constructor(page: Page) {
    this.root = page.getByRole("dialog", { name: "Create API Key" });
    this.name = this.root.getByLabel("Key Name");
    this.description = this.root.getByLabel("Description");
    this.production = this.root.getByRole("radio", { name: "Production (pm_live_...)" });
    this.test = this.root.getByRole("radio", { name: "Test (pm_test_...)" });
    this.next = this.root.getByRole("button", { name: "Next" });
    this.back = this.root.getByRole("button", { name: "Back" });
    this.generate = this.root.getByRole("button", { name: "Generate API Key" });
  }

  permission(label: string): Locator {
    return this.root.getByRole("checkbox", { name: label });
  }
}

/** Dialog that shows a created key, once. */
export class KeyCreatedDialog {
  readonly root: Locator;
  readonly key: Locator;
  readonly done: Locator;

  constructor(page: Page) {
    this.root = page.getByRole("dialog", { name: "API Key Created Successfully" });
    this.key = this.root.getByTestId("new-api-key");
    this.done = this.root.getByRole("button", { name: "I've Saved My Key" });
  }
}

/** Password prompt before sensitive actions. */
export class SudoDialog {
  readonly root: Locator;
  readonly password: Locator;
  readonly submit: Locator;

  constructor(page: Page) {
    this.root = page.getByRole("dialog", { name: "Confirm your password" });
    this.password = this.root.getByLabel("Password");
    this.submit = this.root.getByRole("button", { name: "Continue" });
  }

  async confirm(password: string): Promise<void> {
    await expect(this.root).toBeVisible();
    await this.password.fill(password);
    await this.submit.click();
    await expect(this.root).toBeHidden();
  }
}

/** Dialog that asks for the key's name before revoking it permanently. */
export class RevokeDialog {
  readonly name: Locator;
  readonly confirm: Locator;
  readonly alsoCreated: Locator;

  constructor(readonly root: Locator) {
    this.name = root.getByLabel("Type the key name to confirm");
    this.confirm = root.getByRole("button", { name: "Revoke Key" });
    this.alsoCreated = root.getByRole("checkbox", { name: /^Also revoke .* that it created$/ });
  }
}
