import { defineConfig } from "@playwright/test";

/** Path of the system's browser; Playwright's is never downloaded. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  outputDir: "test-results",
  // Each worker has its own server (fixtures/server.ts). Tests in a worker share that server, so
  // their keys have unique names.
  workers: 2,
  fullyParallel: true,
  // A test that passes on retry has found a race, which must not be hidden.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    // Prevents axe and screenshots from capturing half-faded dialogs.
    contextOptions: { reducedMotion: "reduce" },
    permissions: ["clipboard-read", "clipboard-write"],
    screenshot: "only-on-failure",
    // Recording takes a quarter of a test's time.
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
    // Screenshots for the README and reviews, without checks: `make screenshots`.
    { name: "screens", testMatch: "screens.spec.ts" },
    // Takes minutes and needs an idle machine: `make lighthouse`.
    { name: "lighthouse", testMatch: "lighthouse.spec.ts" },
    // Benchmark, which also needs an idle machine: `make docs-speed`.
    { name: "docs-speed", testMatch: "docs_speed.spec.ts" },
  ],
});
