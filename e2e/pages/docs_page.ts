import { expect, type Locator, type Page } from "@playwright/test";
import { DOCS } from "./routes";

/** Page object of the documentation: bar, sidebar and page. */
export class DocsPage {
  readonly heading: Locator;
  readonly search: Locator;
  readonly results: Locator;
  readonly sidebar: Locator;
  readonly about: Locator;

  constructor(private readonly page: Page) {
    this.heading = page.getByRole("main").getByRole("heading", { level: 1 });
    this.search = page.getByRole("combobox", { name: "Search the documentation" });
    this.results = page.getByRole("listbox", { name: "Results" }).getByRole("option");
    this.sidebar = page.getByRole("navigation", { name: "Documentation", exact: true });
    this.about = page.getByRole("group", { name: "This documentation" });
  }

  /** Opens a page of the documentation and waits until it is loaded. */
  async open(path = ""): Promise<void> {
    await this.page.goto(path.startsWith("/") && path.startsWith(DOCS) ? path : DOCS + path);
    await this.ready();
  }

  async ready(): Promise<void> {
    // The article that the server has rendered is readable before the program replaces it.
    await expect(this.page.locator("#served-page")).toHaveCount(0);
    await expect(this.heading).toBeVisible();
    await expect(this.page.getByRole("main").locator(".skeleton")).toHaveCount(0);
  }

  link(name: string): Locator {
    return this.sidebar.getByRole("link", { name, exact: true });
  }
}

/** Page object of the API tester on the page of an operation. */
export class Tester {
  readonly root: Locator;
  readonly key: Locator;
  readonly pasted: Locator;
  readonly body: Locator;
  readonly send: Locator;
  readonly cancel: Locator;
  readonly response: Locator;
  readonly status: Locator;
  readonly confirm: Locator;
  readonly history: Locator;

  constructor(private readonly page: Page) {
    this.root = page.getByRole("region", { name: "Try It Out" });
    this.key = this.root.getByLabel("API Key", { exact: true });
    this.pasted = this.root.getByLabel("Pasted key");
    this.body = this.root.getByLabel("Request Body");
    this.send = this.root.getByRole("button", { name: "Send Request" });
    this.cancel = this.root.getByRole("button", { name: "Cancel", exact: true });
    this.response = this.root.locator(".tester__response");
    this.status = this.value("Status");
    this.confirm = page.getByRole("dialog", { name: /^This really/ });
    this.history = this.root.getByText(/^Recent calls/);
  }

  async open(group: string, operation: string): Promise<void> {
    await this.page.goto(`${DOCS}/endpoints/${group}/${operation}`);
    // On a phone, the form opens as a sheet.
    const sheet = this.root.getByRole("button", { name: "Try it", exact: true });
    await expect(this.send.or(sheet)).toBeVisible();
    if (await sheet.isVisible()) await sheet.click();
    await expect(this.send).toBeVisible();
    // The keys are loaded once the list has more than its two fixed options.
    await expect(this.key.locator("optgroup").first()).toBeAttached();
  }

  /** Selects the key with this name. */
  async choose(name: string): Promise<void> {
    const option = this.key.locator("option", { hasText: `${name} · ` });
    await this.key.selectOption((await option.getAttribute("value"))!);
  }

  /** Locates the value of a term in the response, such as "Request". */
  value(term: string): Locator {
    const terms = this.response.getByRole("term").filter({ hasText: new RegExp(`^${term}$`) });
    return terms.locator("xpath=following-sibling::dd[1]");
  }

  field(name: string): Locator {
    return this.root.getByLabel(name, { exact: true });
  }
}
