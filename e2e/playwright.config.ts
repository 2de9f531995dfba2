import { defineConfig } from "@playwright/test";

/** The browser comes from the system, never from a download. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  // Each worker has a server of its own (fixtures/server.ts); inside a worker,
  // tests share that server, so they name their keys uniquely.
  workers: 2,
  fullyParallel: true,
  // A test that passes the second time has found a race: never hide it.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    // Otherwise axe and screenshots see half-faded dialogs.
    contextOptions: { reducedMotion: "reduce" },
    permissions: ["clipboard-read", "clipboard-write"],
    screenshot: "only-on-failure",
    // Recording each test costs a quarter of its time.
    trace: process.env.CI ? "off" : "retain-on-failure",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "e2e", testIgnore: ["screens.spec.ts", "lighthouse.spec.ts", "docs_speed.spec.ts"] },
    // Pictures for people, not a check: `make screenshots`.
    { name: "screens", testMatch: "screens.spec.ts" },
    // Takes minutes and needs an idle machine: `make lighthouse`.
    { name: "lighthouse", testMatch: "lighthouse.spec.ts" },
    // Measures, and needs an idle machine too: `make docs-speed`.
    { name: "docs-speed", testMatch: "docs_speed.spec.ts" },
  ],
});
