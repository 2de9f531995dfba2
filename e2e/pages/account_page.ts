import { expect, type Locator, type Page } from "@playwright/test";
import { ACCOUNT } from "./routes";

export class AccountPage {
  readonly heading: Locator;
  readonly profile: Locator;
  readonly current: Locator;
  readonly new: Locator;
  readonly meter: Locator;
  readonly change: Locator;
  readonly sessions: Locator;
  readonly rows: Locator;
  readonly endOthers: Locator;

  constructor(private readonly page: Page) {
    this.heading = page.getByRole("heading", { name: "Your account", level: 1 });
    this.profile = page.getByRole("region", { name: "Profile" });
    const form = page.getByRole("region", { name: "Change password" });
    this.current = form.getByLabel("Current password");
    this.new = form.getByLabel("New password");
    this.meter = form.getByRole("status");
    this.change = form.getByRole("button", { name: "Change password" });
    this.sessions = page.getByRole("region", { name: "Sessions" });
    this.rows = this.sessions.getByRole("listitem");
    this.endOthers = this.sessions.getByRole("button", { name: "End all others" });
  }

  async open(): Promise<void> {
    await this.page.goto(ACCOUNT);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.heading).toBeVisible();
    await expect(this.rows.first()).toBeVisible();
  }

  async fill(current: string, password: string): Promise<void> {
    await this.current.fill(current);
    await this.new.fill(password);
  }
}
