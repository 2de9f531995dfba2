import { DEVELOPER, PASSWORD } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { createKey } from "./journeys/create_key";
import { KeysPage } from "./pages/keys_page";
import { LoginPage } from "./pages/login_page";
import { ERROR_CATALOGUE, KEYS } from "./pages/routes";

test("a journey leaves no key behind and breaks no policy", async ({ page, context, browserLog }) => {
  const keys = new KeysPage(page);
  await page.goto(KEYS);
  await new LoginPage(page).signIn(DEVELOPER, PASSWORD);
  await keys.ready();
  const key = await createKey(keys, "Leaves no trace");

  const assertNowhere = async (when: string) => {
    const stored = await page.evaluate(async () => ({
      local: JSON.stringify({ ...localStorage }),
      session: JSON.stringify({ ...sessionStorage }),
      cookie: document.cookie,
      url: location.href,
      history: JSON.stringify(history.state),
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
    }));
    const cookies = JSON.stringify(await context.cookies());
    expect(stored, when).toMatchObject({ databases: 0, caches: 0 });
    expect(JSON.stringify(stored) + cookies, when).not.toContain(key);
    expect(JSON.stringify(stored), when).not.toContain(PASSWORD);
  };
  await assertNowhere("while the key is shown");
  await keys.createdDialog.done.click();
  await expect(keys.createdDialog.root).toBeHidden();
  await assertNowhere("after the dialog is closed");
  expect(await page.content(), "the document").not.toContain(key);

  await page.goto(ERROR_CATALOGUE);
  await expect(page.getByText("rate_limit_exceeded").first()).toBeVisible();
  expect(
    browserLog.unexpected([
      { status: 401, path: "/api/v1/auth/session" },
      { status: 403, path: "/api/v1/platform/api-keys" },
    ]),
  ).toEqual([]);
});

test("the page comes with a strict policy and is never cached", async ({ request }) => {
  const answer = await request.get("/", { headers: { Accept: "text/html" } });
  expect(answer.status()).toBe(200);
  const headers = answer.headers();
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toMatch(/(default|script)-src/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  // WebAssembly needs 'wasm-unsafe-eval', which is harmless; 'unsafe-eval' is not.
  expect(policy).not.toMatch(/'unsafe-eval'/);
  expect(headers["cache-control"]).toContain("no-cache");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-request-id"]).toMatch(/^req_/);
});

test("hashed files are cached for ever and arrive compressed", async ({ request }) => {
  const html = await (await request.get("/")).text();
  const files = [...new Set(html.match(/\/[\w-]+-[0-9a-f]{8,}(?:\/\w+)?\.(?:js|wasm|css)\b/g))];
  expect(files.filter((file) => file.endsWith(".js"))).not.toEqual([]);
  expect(files.filter((file) => file.endsWith(".css"))).not.toEqual([]);
  const wasm = files.filter((file) => file.endsWith(".wasm"));
  // Main program and the chunks that are preloaded.
  for (const part of ["frontend_bg", "split_docs", "split_keys", "split_usage"]) {
    expect(wasm.filter((file) => file.endsWith(`/${part}.wasm`)), part).toHaveLength(1);
  }

  for (const file of files) {
    const answer = await request.get(file, { headers: { "Accept-Encoding": "br" } });
    const headers = answer.headers();
    expect(answer.status(), file).toBe(200);
    expect(headers["cache-control"], file).toContain("immutable");
    expect(Number(/max-age=(\d+)/.exec(headers["cache-control"] ?? "")?.[1]), file).toBeGreaterThanOrEqual(31_536_000);
    expect(headers["content-encoding"], file).toBe("br");
    expect(headers["vary"]?.toLowerCase(), file).toContain("accept-encoding");
    if (file.endsWith(".wasm")) expect(headers["content-type"]).toBe("application/wasm");
  }
});

test("what carries a key is never stored by a cache", async ({ page }) => {
  await page.goto(KEYS);
  const list = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/v1/platform/api-keys");
  await new LoginPage(page).signIn(DEVELOPER, PASSWORD);
  expect(await (await list).headerValue("cache-control")).toContain("no-store");
});
