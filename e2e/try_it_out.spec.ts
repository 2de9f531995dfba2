// Interactive API tester: real calls to the API, and their failure modes.

import { type APIRequestContext, type Page, request } from "@playwright/test";
import { KeysApi } from "./fixtures/keys_api";
import { DEVELOPER, enterSudo, OWNER, PASSWORD, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { Tester } from "./pages/docs_page";
import { SudoDialog } from "./pages/keys_page";
import { DOCS, OVERVIEW } from "./pages/routes";

interface Operation {
  operationId: string;
  tags: string[];
  responses: Record<string, unknown>;
}

async function callWith(context: APIRequestContext, key: string, method: string, path: string, data?: object) {
  const answer = await context.fetch(path, { method, data, headers: { Authorization: `Bearer ${key}` } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as { id: string };
}

const EVERYTHING = [
  "campaigns:write",
  "campaigns:delete",
  "contacts:write",
  "contacts:delete",
  "analytics:read",
  "emails:send",
  "emails:send_bulk",
];

test("every operation of the document can be tried", async ({ page, server }) => {
  test.setTimeout(300_000);
  const keys = await KeysApi.open(server.url);
  const { api_key: key, key: view } = await keys.create(`Every operation ${Date.now()}`, {
    environment: "test",
    permissions: EVERYTHING,
  });
  await keys.approve(view.id);
  // A campaign needs bulk sending, which a Developer's token is not granted.
  await signIn(page, OWNER);
  const document = (await (await page.request.get("/openapi.json")).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const api = await request.newContext({ baseURL: server.url });
  const make = {
    contacts: async () => (await callWith(api, key, "POST", "/v1/contacts", { email: `a${Date.now()}@example.com` })).id,
    emails: async () =>
      (await callWith(api, key, "POST", "/v1/emails/send", {
        to: "delivered@sandbox.penguinmails.test",
        subject: "Hello",
        html_body: "<p>Hello</p>",
      })).id,
    campaigns: async () =>
      (await callWith(api, key, "POST", "/v1/campaigns", {
        name: "To try",
        subject: "Hello",
        html_body: "<p>Hello</p>",
      })).id,
    templates: async () => {
      await callWith(api, key, "PUT", "/v1/templates/to-try", { name: "To try", subject: "Hello", html_body: "<p>Hello</p>" });
      return "to-try";
    },
  };
  const tester = new Tester(page);
  let count = 0;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = operation.tags[0]!.toLowerCase();
      await tester.open(group, operation.operationId);
      await tester.choose(view.name);
      if (path.includes("{id}")) {
        const collection = path.split("/{id}")[0]!.split("/").pop() as keyof typeof make;
        if (operation.operationId === "start_campaign") await make.contacts();
        await tester.field("id").fill(await make[collection]());
      }
      if (operation.operationId === "replace_contact") {
        await tester.body.fill(JSON.stringify({ email: `b${Date.now()}@example.com` }));
      }
      await tester.send.click();
      const documented = Object.keys(operation.responses);
      // A draft can't be paused: the documented response is an error.
      const expected = operation.operationId === "pause_campaign" ? /^409/ : /^2\d\d/;
      await expect(tester.status, `${method} ${path}`).toHaveText(expected);
      expect(documented).toContain((await tester.status.textContent())!.trim().slice(0, 3));
      await expect(tester.value("Request").getByRole("link")).toHaveAttribute("href", /usage\?request=req_/);
      count += 1;
    }
  }
  expect(count).toBeGreaterThanOrEqual(23);
  await api.dispose();
  // Other tests need a tenant without a test key that has all permissions.
  await keys.revoke(view.id);
});

test.describe("the tester", () => {
  test.beforeEach(async ({ page }) => signIn(page, DEVELOPER));

  test("a test email is three clicks away", async ({ page }) => {
    const tester = new Tester(page);
    await page.goto(OVERVIEW);
    await page.getByRole("link", { name: "Documentation", exact: true }).click();
    await page.getByRole("link", { name: "Send a test email" }).click();
    // A test key with permission to send is selected by default.
    await expect(tester.key.locator("option:checked")).toContainText("pm_test_");
    await tester.send.click();
    await expect(tester.status).toHaveText("200 OK");
    await expect(tester.response).toContainText('"queued"');
    await expect(tester.response).toContainText("x-ratelimit-remaining");
    await expect(tester.value("Time")).toHaveText(/\d+ ms|\d\.\d s/);
    await expect(tester.value("Size")).toHaveText(/B$/);
    await expect(tester.value("Rate limit")).toHaveText(/\d+ of \d+ left/);
  });

  test("what is wrong with a body is said with its place", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    await tester.body.fill('{\n  "to": "user@example.com",\n}');
    await expect(tester.root.getByRole("button", { name: /^Line 3, column 1/ })).toBeVisible();
    await tester.body.fill('{"to": 5, "subject": "a", "html_body": "b"}');
    const fault = tester.root.getByRole("button", { name: /^Line 1, column 8/ });
    await expect(fault).toContainText("a string");
    await fault.click();
    await expect(tester.body).toBeFocused();
    expect(await tester.body.evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(7);
    await tester.root.getByRole("button", { name: "Format" }).click();
    await expect(tester.body).toHaveValue(/^\{\n {2}"to": 5,\n/);
    await tester.root.getByRole("button", { name: "Reset to example" }).click();
    await expect(tester.root.getByRole("button", { name: /^Line/ })).toHaveCount(0);
  });

  test("a refused request is explained: 400", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    await tester.body.fill('{"to": "nobody", "subject": "a", "html_body": "b"}');
    await tester.send.click();
    await expect(tester.status).toHaveText("400 Bad Request");
    await expect(tester.response).toContainText("Recipient email is invalid");
  });

  test("missing fields are asked for before anything is sent", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("contacts", "get_contact");
    const calls: string[] = [];
    page.on("request", (sent) => sent.url().includes("/v1/contacts") && calls.push(sent.url()));
    await tester.field("id").fill("");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.root.getByText("This field is required.")).toBeVisible();
    await expect(tester.field("id")).toBeFocused();
    expect(calls).toEqual([]);
  });

  test("a required body is asked for before anything is sent", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    const calls: string[] = [];
    page.on("request", (sent) => sent.url().includes("/v1/emails/send") && calls.push(sent.url()));
    await tester.choose("Staging Server");
    await tester.body.fill("");
    await tester.send.click();
    const fault = tester.root.getByText("This operation needs a request body.");
    await expect(fault).toBeVisible();
    await expect(tester.body).toBeFocused();
    expect(calls).toEqual([]);
    await tester.root.getByRole("button", { name: "Reset to example" }).click();
    await expect(fault).toBeHidden();
  });

  test("a pasted key is checked, used and forgotten", async ({ page, server }) => {
    const keys = await KeysApi.open(server.url);
    const { api_key: key } = await keys.create(`Pasted ${Date.now()}`, {
      environment: "test",
      permissions: ["contacts:read"],
    });
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.key.selectOption("paste");
    await tester.pasted.fill(key.slice(0, 30));
    await expect(tester.root.getByText(/64 letters and digits/)).toBeVisible();
    await tester.pasted.fill(key);
    await expect(tester.pasted).toHaveAttribute("type", "password");
    await tester.send.click();
    await expect(tester.status).toHaveText("200 OK");
    await expect(tester.response).toContainText('"test"');
    await expectNoSecret(page, key);
    await page.reload();
    await expect(tester.pasted).toBeHidden();
  });

  test("a key that is missing is asked for once, where it belongs", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.key.selectOption("paste");
    await expect(tester.pasted).toBeFocused();
    await tester.send.click();
    await expect(tester.root.getByText("Paste a key.")).toHaveCount(1);
    await expect(tester.pasted).toHaveAccessibleDescription(/^Paste a key\./);
  });

  test("the key on show is the one that is used", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await expect(tester.key.locator("option:checked")).toContainText("Staging Server");
    await expect(tester.key.locator("option", { hasText: "Choose a key…" })).toBeDisabled();
    await tester.key.selectOption("paste");
    await expect(tester.key.locator("option:checked")).toHaveText("Paste a key…");
  });

  test("an unknown key is explained: 401", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.key.selectOption("paste");
    await tester.pasted.fill(`pm_test_${"x".repeat(64)}`);
    await tester.send.click();
    await expect(tester.status).toHaveText("401 Unauthorized");
    await expect(tester.response).toContainText("The key was not accepted");
    await expect(tester.response.getByRole("link", { name: "Look at your keys" })).toBeVisible();
  });

  test("a missing permission is named before and after: 403", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("contacts", "upsert_contact");
    await tester.choose("Staging Server");
    await expect(tester.root.getByText(/lacks Write Contacts/).first()).toBeVisible();
    await tester.send.click();
    await expect(tester.status).toHaveText("403 Forbidden");
    await expect(tester.response).toContainText("It lacks the permission Write Contacts");
    const link = tester.response.getByRole("link", { name: "Edit the key’s permissions" });
    await expect(link).toHaveAttribute("href", /keys\?key=key_/);
  });

  test("a used up limit counts down: 429", async ({ page, server }) => {
    // Live emails to the sandbox are never delivered; other tests use test keys.
    const keys = await KeysApi.open(server.url);
    const { api_key: key, key: view } = await keys.create(`Limit ${Date.now()}`, {
      environment: "live",
      permissions: ["emails:send"],
    });
    const mail = { to: "delivered@sandbox.penguinmails.test", subject: "a", html_body: "b" };
    const send = () =>
      fetch(`${server.url}/v1/emails/send`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify(mail),
      });
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    await tester.choose(view.name);
    await tester.body.fill(JSON.stringify(mail));
    await enterSudo(page);
    // The endpoint's limit refills by one request per second, so other clients keep it used up.
    await Promise.all(Array.from({ length: 70 }, send));
    let isBusy = true;
    const others = (async () => {
      while (isBusy) await Promise.all(Array.from({ length: 5 }, send));
    })();
    await expect(async () => {
      await tester.send.click();
      await tester.confirm.getByRole("button", { name: "Send for real" }).click();
      await expect(tester.status).toHaveText("429 Too Many Requests", { timeout: 5_000 });
    }).toPass({ timeout: 50_000 });
    isBusy = false;
    await others;
    await expect(tester.response).toContainText("Rate limit exceeded");
    await expect(tester.response).toContainText("a separate limit, the same on every plan");
    await expect(tester.response.getByRole("link", { name: "View plans →" })).toBeHidden();
    await expect(tester.response).toContainText("You can try again now.");
  });

  test("a live key asks before it really sends", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    const calls: string[] = [];
    page.on("request", (sent) => sent.url().includes("/v1/emails/send") && calls.push(sent.url()));
    await tester.choose("Production App");
    await expect(tester.root.getByText("Production: calls are real")).toBeVisible();
    await tester.send.click();
    await expect(tester.confirm).toContainText("POST /v1/emails/send");
    await expect(tester.confirm).toContainText("Production App");
    await page.keyboard.press("Escape");
    await expect(tester.confirm).toBeHidden();
    expect(calls).toEqual([]);

    await tester.body.fill('{"to": "delivered@sandbox.penguinmails.test", "subject": "a", "html_body": "b"}');
    await tester.send.click();
    await tester.confirm.getByRole("button", { name: "Send for real" }).click();
    await new SudoDialog(page).confirm(PASSWORD);
    await expect(tester.status).toHaveText("200 OK");
    expect(calls).toHaveLength(1);
  });

  test("a live key asks in other words before it really deletes", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("contacts", "delete_contact");
    await tester.choose("Production App");
    await tester.send.click();
    await expect(tester.confirm).toContainText("This deletes real data of your account.");
    await expect(tester.confirm).not.toContainText("mail");
    await expect(tester.confirm.getByRole("button", { name: "Delete for real" })).toBeVisible();
  });

  test("where no test key may do it, one is made on the spot", async ({ page }) => {
    const tester = new Tester(page);
    // Hides keys of other tests on this server that could be used.
    await page.route(/\/api\/v1\/platform\/api-keys(\?|$)/, async (route) => {
      if (route.request().method() !== "GET") return route.fallback();
      const response = await route.fetch();
      const list = (await response.json()) as { data: { name: string; permissions: string[] }[] };
      list.data = list.data.filter(
        ({ name, permissions }) =>
          name === "Try It Out: delete_template" ||
          !permissions.some((scope) => ["campaigns:delete", "admin:full"].includes(scope)),
      );
      return route.fulfill({ response, json: list });
    });
    await tester.open("templates", "delete_template");
    await tester.root.getByRole("button", { name: "Create a test key" }).click();
    await new SudoDialog(page).confirm(PASSWORD);
    await expect(tester.key.locator("option:checked")).toContainText("Try It Out: delete_template");
    await tester.field("id").fill("no-such-template");
    await tester.send.click();
    await expect(tester.status).toHaveText("404 Not Found");
  });

  test("tokens stay in memory, and calls in the history are without them", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("emails", "send_email");
    const handed = page.waitForResponse(/playground-token$/);
    await tester.send.click();
    const { token } = (await (await handed).json()) as { token: string };
    await expect(tester.status).toHaveText("200 OK");
    await expectNoSecret(page, token);

    await tester.body.fill('{"to": "someone.else@example.com", "subject": "a", "html_body": "b"}');
    await tester.send.click();
    await expect(tester.history).toHaveText("Recent calls (2)");
    await tester.history.click();
    await tester.root.getByRole("button", { name: "Open POST /v1/emails/send again" }).last().click();
    await expect(tester.body).not.toHaveValue(/someone\.else/);
    await expectNoSecret(page, token);

    // On the page of another operation, it leads back.
    await page.getByRole("navigation", { name: "Documentation", exact: true }).getByRole("link", { name: "Account" }).click();
    await page.getByRole("main").getByRole("link", { name: /whoami/ }).first().click();
    await expect(tester.history).toHaveText("Recent calls (2)");
    await tester.history.click();
    await tester.root.getByRole("button", { name: "Open POST /v1/emails/send again" }).first().click();
    await expect(page).toHaveURL(/send_email#try-it-out$/);
    await expect(tester.body).toHaveValue(/someone\.else/);
  });

  test("a call can be cancelled", async ({ page }) => {
    await page.route("**/v1/whoami", () => {});
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.send).toHaveAttribute("aria-busy", "true");
    await tester.cancel.click();
    await expect(tester.response).toContainText("Cancelled.");
    await expect(tester.send).not.toHaveAttribute("aria-busy", "true");
  });

  test("an old answer does not pass for the new one", async ({ page }) => {
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.status).toHaveText("200 OK");
    await page.route("**/v1/whoami", () => {});
    await tester.send.click();
    await expect(tester.cancel).toBeVisible();
    await expect(tester.status).toHaveCount(0);
    await tester.cancel.click();
    await expect(tester.response).toContainText("Cancelled.");
    await tester.history.click();
    for (const ended of ["cancelled", "200"]) {
      const call = tester.root.getByRole("button", { name: `Open GET /v1/whoami again (${ended})` });
      await expect(call).toContainText(ended);
    }
    // The previous response is cleared even if nothing is sent.
    await tester.key.selectOption("paste");
    await tester.send.click();
    await expect(tester.response).toBeEmpty();
  });

  for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
    test(`the answer comes into view, ${viewport.width} wide`, async ({ page }) => {
      await page.setViewportSize(viewport);
      const tester = new Tester(page);
      await tester.open("emails", "send_email");
      await tester.choose("Staging Server");
      await tester.body.press("Control+Enter");
      await expect(tester.status).toHaveText("200 OK");
      await expect(tester.status).toBeInViewport();
      await expect(tester.body).toBeFocused();
    });
  }

  test("an answer is text, never markup", async ({ page }) => {
    const body = '<img src="x" onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
    await page.route("**/v1/whoami", (route) => route.fulfill({ status: 200, contentType: "text/html", body }));
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.response).toContainText(body);
    await expect(tester.response.locator("img, script")).toHaveCount(0);
    await expect(page).not.toHaveTitle("owned");
  });

  test("a huge answer is cut short and can be downloaded", async ({ page }) => {
    const body = JSON.stringify(Array.from({ length: 60_000 }, (_, number) => ({ number, text: "penguin" })));
    await page.route("**/v1/whoami", (route) => route.fulfill({ status: 200, contentType: "application/json", body }));
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.response).toContainText("this is its beginning");
    const shown = await tester.response.getByRole("region", { name: "Response body" }).textContent();
    expect(shown!.length).toBeLessThan(20_000);
    const download = page.waitForEvent("download");
    await tester.response.getByRole("button", { name: "Download" }).click();
    const stream = await (await download).createReadStream();
    let size = 0;
    for await (const chunk of stream) size += (chunk as Buffer).length;
    expect(size).toBe(body.length);
  });

  test("a missing response is shown", async ({ page }) => {
    await page.route("**/v1/whoami", (route) => route.abort());
    const tester = new Tester(page);
    await tester.open("account", "whoami");
    await tester.choose("Staging Server");
    await tester.send.click();
    await expect(tester.response).toContainText("No response.");
  });

  test("the keyboard is enough", async ({ page }) => {
    const tester = new Tester(page);
    await page.goto(`${DOCS}/endpoints/emails/send_email`);
    await expect(tester.key.locator("option:checked")).toContainText("pm_test_");
    await tester.key.focus();
    await page.keyboard.press("Tab");
    await expect(tester.field("Idempotency-Key")).toBeFocused();
    await page.keyboard.type("by-keyboard-1");
    while (!(await tester.body.evaluate((area) => area === document.activeElement))) await page.keyboard.press("Tab");
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{"to": "user@example.com", "subject": "a", "html_body": "b"}');
    await page.keyboard.press("Control+Enter");
    await expect(tester.status).toHaveText("200 OK");
    // The idempotency key is rejected with another body.
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{"to": "user@example.com", "subject": "b", "html_body": "b"}');
    await page.keyboard.press("Control+Enter");
    await expect(tester.status).toHaveText("422 Unprocessable Entity");
  });
});

/** Asserts that neither browser storage nor the page contains the secret. */
async function expectNoSecret(page: Page, secret: string): Promise<void> {
  const places = await page.evaluate(() => ({
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    cookies: document.cookie,
    history: JSON.stringify(history.state),
    url: location.href,
    page: document.documentElement.outerHTML,
  }));
  expect(secret.length).toBeGreaterThan(60);
  for (const [place, text] of Object.entries(places)) {
    expect(text, `the secret is in ${place}`).not.toContain(secret.slice(-40));
  }
}
