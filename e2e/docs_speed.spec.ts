// Time until documentation is readable and usable, with a slow CPU and network: `make docs-speed`.
// The same run measures Swagger UI with our document. Asserts no times, because they depend on the
// machine. Only meaningful with the release build on an idle machine.

import type { CDPSession, Page } from "@playwright/test";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { DEVELOPER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DOCS, OVERVIEW } from "./pages/routes";

const CPU_SLOWDOWN = 4;
const BITS_PER_SECOND = 1_000_000;
const LATENCY_MS = 40;
const TIMEOUT = { timeout: 120_000 };

/** Slows down the page's CPU and network. */
async function slowDown(page: Page): Promise<CDPSession> {
  const browser = await page.context().newCDPSession(page);
  await browser.send("Network.enable");
  await browser.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await browser.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: BITS_PER_SECOND / 8,
    uploadThroughput: BITS_PER_SECOND / 8,
  });
  return browser;
}

/** Serves Swagger UI with `document`, compressed as our server does it. Returns its URL. */
async function swaggerUi(document: string): Promise<{ url: string; close: () => void }> {
  const files = new URL("lighthouse/node_modules/swagger-ui-dist/", import.meta.url);
  const page =
    '<!doctype html><link rel="stylesheet" href="/swagger-ui.css"><div id="swagger-ui"></div>' +
    '<script src="/swagger-ui-bundle.js"></script>' +
    '<script>SwaggerUIBundle({ url: "/openapi.json", dom_id: "#swagger-ui", docExpansion: "full" })</script>';
  const types: Record<string, string> = { ".css": "text/css", ".js": "text/javascript", ".json": "application/json" };
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const isFile = path in { "/swagger-ui.css": 0, "/swagger-ui-bundle.js": 0 };
    const own = path === "/openapi.json" ? document : page;
    const body = isFile ? readFileSync(new URL(path.slice(1), files)) : own;
    response.setHeader("content-type", types[extname(path)] ?? "text/html");
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

test("documentation becomes readable and usable", async ({ page, server, browser }) => {
  test.setTimeout(600_000);
  await signIn(page, DEVELOPER);
  const state = await page.context().storageState();
  console.log(`${CPU_SLOWDOWN}x slower CPU, ${BITS_PER_SECOND / 1e6} Mbit/s, ${LATENCY_MS} ms latency`);

  /** Opens `url` with an empty cache and returns the seconds until `isThere` resolves, by name. */
  async function measure(name: string, url: string, goals: [string, (page: Page) => Promise<void>][]): Promise<number[]> {
    const context = await browser.newContext({ storageState: state });
    const fresh = await context.newPage();
    const session = await slowDown(fresh);
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    const began = Date.now();
    await fresh.goto(url, { waitUntil: "commit", ...TIMEOUT });
    const seconds: number[] = [];
    for (const [goal, isThere] of goals) {
      await isThere(fresh);
      seconds.push((Date.now() - began) / 1000);
      console.log(`${`${name}, ${goal}`.padEnd(44)} ${seconds.at(-1)!.toFixed(1).padStart(5)} s ${(bytes / 1000).toFixed(0).padStart(6)} kB`);
    }
    await context.close();
    return seconds;
  }

  const readable = async (of: Page): Promise<void> => {
    await expect(of.getByRole("heading", { level: 1, name: "Send an email" })).toBeVisible(TIMEOUT);
    await expect(of.getByRole("main").getByText("Recipient email address").first()).toBeVisible(TIMEOUT);
  };
  const usable = async (of: Page): Promise<void> => {
    await expect(of.getByRole("button", { name: "Send Request" })).toBeVisible(TIMEOUT);
    await expect(of.getByLabel("API Key", { exact: true }).locator("optgroup").first()).toBeAttached(TIMEOUT);
  };
  const overview = async (of: Page): Promise<void> => {
    await expect(of.getByRole("heading", { name: "Popular Endpoints" })).toBeVisible(TIMEOUT);
    await expect(of.getByRole("main").locator(".skeleton")).toHaveCount(0, TIMEOUT);
  };
  const ours = await measure("Operation, first visit", `${server.url}${DOCS}/endpoints/emails/send_email`, [
    ["readable", readable],
    ["Try It Out usable", usable],
  ]);
  await measure("Overview, first visit", server.url + OVERVIEW, [["complete", overview]]);

  const document = await (await fetch(`${server.url}/openapi.json`)).text();
  const swagger = await swaggerUi(document);
  const theirs = await measure("Swagger UI, first visit", swagger.url, [
    ["readable", (of) => expect(of.locator(".opblock").first()).toBeVisible(TIMEOUT)],
  ]);
  swagger.close();
  console.log(`Ours is readable in ${(ours[0]! / theirs[0]!).toFixed(2)} of Swagger UI's time.`);
});
