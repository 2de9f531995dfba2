// Time until the first operation is readable, with a slow CPU and network: `make docs-speed`.
// Asserts no times, because they depend on the machine. Only meaningful with the release build.

import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DOCS } from "./pages/routes";

const CPU_SLOWDOWN = 4;
const BITS_PER_SECOND = 1_000_000;
const LATENCY_MS = 40;

test("the first operation becomes visible", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, DEVELOPER);
  const browser = await page.context().newCDPSession(page);
  await browser.send("Network.enable");
  await browser.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  const throughput = BITS_PER_SECOND / 8;
  await browser.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  });
  const rows: string[] = [];
  let bytes = 0;
  let largest: [number, string][] = [];
  const urls = new Map<string, string>();
  browser.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
  browser.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    largest.push([encodedDataLength, new URL(urls.get(requestId) ?? "about:blank").pathname]);
  });
  for (const visit of ["first visit", "second visit"]) {
    bytes = 0;
    largest = [];
    const began = Date.now();
    await page.goto(`${DOCS}/endpoints/emails/send_email`, { waitUntil: "commit", timeout: 120_000 });
    await expect(page.getByRole("heading", { level: 1, name: "Send an email" })).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole("main").getByText("/v1/emails/send").first()).toBeVisible();
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    rows.push(`${visit}: ${seconds} s, ${(bytes / 1000).toFixed(0)} kB so far`);
    largest.sort(([one], [other]) => other - one);
    for (const [size, path] of largest.slice(0, 4)) rows.push(`  ${(size / 1000).toFixed(1).padStart(7)} kB  ${path}`);
    await page.goto("about:blank");
  }
  const conditions = `${CPU_SLOWDOWN}x slower CPU, ${BITS_PER_SECOND / 1e6} Mbit/s, ${LATENCY_MS} ms latency`;
  console.log(["First operation visible", conditions, ...rows].join("\n"));
});
