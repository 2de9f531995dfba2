import { expect, type Locator, type Page } from "@playwright/test";
import { OVERVIEW } from "./routes";

/** Page object of the developer overview. */
export class OverviewPage {
  readonly generateButton: Locator;
  readonly createButton: Locator;
  readonly keys: Locator;
  readonly rateLimit: Locator;
  readonly usage: Locator;

  constructor(private readonly page: Page) {
    this.generateButton = page.getByRole("button", { name: "Generate API Key", exact: true });
    this.createButton = page.getByRole("button", { name: "+ Create New Key" });
    this.keys = page.getByRole("table", { name: "Active API keys" });
    this.rateLimit = page.getByRole("region", { name: "Rate Limit Status" });
    this.usage = this.rateLimit.getByRole("progressbar");
  }

  /** Opens the page and waits until it is loaded. */
  async open(query = ""): Promise<void> {
    await this.page.goto(OVERVIEW + query);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: "Developer Overview" })).toBeVisible();
    await expect(this.page.locator(".skeleton")).toHaveCount(0);
  }

  /** Locates the row of the key with this name. */
  row(name: string): Locator {
    // The row header may also contain an expiry warning.
    const header = this.page.getByRole("rowheader").filter({ has: this.page.getByText(name, { exact: true }) });
    return this.keys.getByRole("row").filter({ has: header });
  }
}
