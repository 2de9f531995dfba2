import { expect, type Locator, type Page } from "@playwright/test";
import { USAGE } from "./routes";

/** Page object of the usage page. */
export class UsagePage {
  readonly keyFilter: Locator;
  readonly lookup: Locator;
  readonly customRange: Locator;
  readonly volume: Chart;
  readonly rateLimit: Chart;
  readonly endpoints: Locator;
  readonly allEndpoints: Locator;
  readonly breakdown: Locator;
  readonly recentErrors: Locator;
  readonly latestRequests: Locator;
  readonly exportButton: Locator;
  readonly keys: Locator;
  readonly monitoring: Locator;
  readonly request: RequestDrawer;

  constructor(private readonly page: Page) {
    this.keyFilter = page.getByRole("combobox", { name: "API key" });
    this.lookup = page.getByRole("searchbox", { name: "Look up a request by its ID" });
    this.customRange = page.getByRole("form", { name: "Custom range" });
    this.volume = new Chart(page.getByRole("figure", { name: "Request volume" }));
    this.rateLimit = new Chart(page.getByRole("figure", { name: "Rate limit usage" }));
    this.endpoints = page.getByRole("table", { name: /^Endpoints/ });
    this.allEndpoints = page.getByRole("button", { name: "View All Endpoints" });
    this.breakdown = page.getByRole("list", { name: "Failed requests by status" });
    this.recentErrors = page.getByRole("table", { name: /^Recent errors/ });
    this.latestRequests = page.getByRole("region", { name: "Latest Requests" });
    this.exportButton = page.getByRole("button", { name: "Export Error Log" });
    this.keys = page.getByRole("table", { name: /^Usage by API key/ });
    this.monitoring = page.getByRole("region", { name: "Rate Limit Monitoring" });
    this.request = new RequestDrawer(page);
  }

  /** Opens the page and waits until numbers and charts are loaded. */
  async open(query = ""): Promise<void> {
    await this.page.goto(USAGE + query);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: "API Usage Analytics" })).toBeVisible();
    await expect(this.page.locator("[aria-busy=true], .skeleton")).toHaveCount(0);
    await expect(this.page.locator(".chart__picture:empty")).toHaveCount(0);
  }

  range(label: string): Locator {
    return this.page.getByRole("group", { name: "Time range" }).getByRole("button", { name: label, exact: true });
  }

  environment(label: string): Locator {
    return this.page.getByRole("group", { name: "Environment" }).getByRole("button", { name: label, exact: true });
  }

  /** Locates the card of the metric with this name. */
  metric(name: string): Locator {
    return this.page.locator(".metric").filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Returns the text of a table's cells by row. */
  async cells(table: Locator): Promise<string[][]> {
    const rows = table.locator("tbody").getByRole("row");
    return rows.evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent?.trim() ?? "")),
    );
  }
}

/** Page object of a line chart. */
export class Chart {
  readonly cursor: Locator;
  readonly readout: Locator;
  readonly tableSwitch: Locator;
  readonly table: Locator;
  readonly picture: Locator;
  readonly timeLabels: Locator;

  constructor(readonly root: Locator) {
    this.cursor = root.getByRole("slider");
    this.readout = root.getByTestId("chart-readout");
    this.tableSwitch = root.getByRole("button", { name: /^Show as (table|chart)$/ });
    this.table = root.getByRole("table");
    this.picture = root.locator(".chart__picture svg");
    this.timeLabels = root.locator(".chart__horizontal span");
  }

  /** Moves the pointer to a horizontal position: 0 is the left edge, 1 the right edge. */
  async point(across: number): Promise<void> {
    await this.cursor.scrollIntoViewIfNeeded();
    const box = (await this.cursor.boundingBox())!;
    const inside = Math.min(Math.max(across * box.width, 0.5), box.width - 0.5);
    await this.cursor.hover({ position: { x: inside, y: box.height / 2 } });
  }

  /** Returns the values beside the cursor, in the order of the legend. */
  async values(): Promise<string[]> {
    return this.readout.getByRole("definition").allTextContents();
  }
}

/** Drawer with the details of a request. */
export class RequestDrawer {
  readonly root: Locator;
  readonly checks: Locator;

  constructor(page: Page) {
    this.root = page.getByRole("dialog", { name: "Request", exact: true });
    this.checks = this.root.getByRole("region", { name: "Checks" }).getByRole("listitem");
  }

  /** Locates the value of a term, such as "Address". */
  value(term: string): Locator {
    return this.root.getByRole("term").filter({ hasText: term }).locator("xpath=following-sibling::dd[1]");
  }
}
