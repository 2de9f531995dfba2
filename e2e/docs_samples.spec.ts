// Code samples of the documentation: each is copied from the page and run against the server by the
// program that it is written for.

import { expect, type Page } from "@playwright/test";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PublicApi } from "./fixtures/public_api";
import { DEVELOPER, signIn } from "./fixtures/people";
import { test } from "./fixtures/test";
import { DocsPage } from "./pages/docs_page";

interface Language {
  tab: string;
  program: string;
  file: string;
  /** Command that must succeed; otherwise the samples are skipped. */
  needs: string[];
}

const LANGUAGES: Language[] = [
  { tab: "cURL", program: "bash", file: "sample.sh", needs: ["-c", "curl --version"] },
  { tab: "Node.js", program: process.execPath, file: "example.mjs", needs: ["--version"] },
  { tab: "Python", program: "python3", file: "sample.py", needs: ["-c", "import requests"] },
  { tab: "PHP", program: "php", file: "sample.php", needs: ["-r", "exit(function_exists('curl_init') ? 0 : 1);"] },
  { tab: "Ruby", program: "ruby", file: "sample.rb", needs: ["-e", "require 'net/http'"] },
];

interface Operation {
  operationId: string;
  tags: string[];
  responses: Record<string, unknown>;
}

/** IDs in the document's examples, to be replaced with those of existing objects. */
const EXAMPLE_IDS = {
  contact: "con_8sJd2kLm4nPq6rSt",
  campaign: "cmp_5tRb1nZk8wQe2LpX",
  email: "msg_8sJd2kLm4nPq6rSt",
  template: "welcome-v1",
};

/** Creates the object that the operation needs, and inserts its ID into the sample. */
async function prepared(api: PublicApi, operationId: string, code: string): Promise<string> {
  if (code.includes(EXAMPLE_IDS.contact)) return code.replaceAll(EXAMPLE_IDS.contact, await api.contact());
  if (code.includes(EXAMPLE_IDS.email)) return code.replaceAll(EXAMPLE_IDS.email, await api.email());
  if (code.includes(EXAMPLE_IDS.campaign)) {
    const id = operationId === "pause_campaign" ? await api.startedCampaign() : await api.campaign();
    return code.replaceAll(EXAMPLE_IDS.campaign, id);
  }
  // Other samples need the existing template.
  if (operationId === "delete_template") return code.replaceAll(EXAMPLE_IDS.template, await api.template());
  return code;
}

/** Runs a sample and returns the response status with the output. */
async function run(language: Language, code: string, key: string): Promise<{ status: string; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "penguinmails-sample-"));
  try {
    writeFileSync(join(folder, language.file), code);
    // Samples in other languages print the status themselves.
    writeFileSync(join(folder, ".curlrc"), 'silent\nwrite-out = "\\n%{http_code}"\n');
    const env = { ...process.env, PENGUINMAILS_API_KEY: key, CURL_HOME: folder, FORCE_COLOR: "0" };
    const output = await new Promise<string>((resolve, reject) => {
      execFile(language.program, [language.file], { cwd: folder, env, timeout: 30_000 }, (error, out, complaint) =>
        error ? reject(new Error(`${language.tab}: ${complaint}\n${code}`)) : resolve(out.trim()),
      );
    });
    const status = language.tab === "cURL" ? output.slice(output.lastIndexOf("\n") + 1) : output.slice(0, 3);
    return { status, output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isThere({ program, needs }: Language): boolean {
  try {
    execFileSync(program, needs, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Copies the displayed sample and returns the text on the clipboard. */
async function copied(page: Page): Promise<string> {
  const samples = page.getByRole("region", { name: "Code Examples" });
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await samples.getByRole("button", { name: "Copy code" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe("");
  return page.evaluate(() => navigator.clipboard.readText());
}

test("every sample of every operation runs as it is copied", async ({ page, server }) => {
  test.setTimeout(400_000);
  const languages = LANGUAGES.filter(isThere);
  for (const { tab, program } of LANGUAGES) {
    const left = languages.every((language) => language.tab !== tab);
    if (left) console.log(`${tab} left out: ${program}, or what the samples need of it, is not on this machine`);
  }
  const api = await PublicApi.open(server.url);
  await signIn(page, DEVELOPER);
  const docs = new DocsPage(page);
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(20);
  let count = 0;
  for (const { operationId, tags, responses } of operations) {
    await test.step(operationId, async () => {
      await docs.open(`/endpoints/${tags[0]!.toLowerCase()}/${operationId}`);
      const documented = Object.keys(responses);
      for (const language of languages) {
        await page.getByRole("tab", { name: language.tab, exact: true }).click();
        const code = await copied(page);
        expect(code).toContain(server.url);
        const { status, output } = await run(language, await prepared(api, operationId, code), api.key);
        expect(documented, output).toContain(status);
        // A campaign of a test key may be sent before it can be paused.
        const isTooLate = operationId === "pause_campaign" && output.includes("illegal_transition");
        expect(status.startsWith("2") || isTooLate, `${operationId} in ${language.tab}: ${output}`).toBe(true);
        count += 1;
      }
    });
  }
  expect(count).toBe(operations.length * languages.length);
  console.log(`${count} samples of ${operations.length} operations ran in ${languages.map((it) => it.tab).join(", ")}`);
});

test("the language is chosen once, by keyboard too, and remembered", async ({ page }) => {
  await signIn(page, DEVELOPER);
  const docs = new DocsPage(page);
  await docs.open("/endpoints/emails/send_email");
  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  await expect(tab("cURL")).toHaveAttribute("aria-selected", "true");
  await tab("cURL").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab("Node.js")).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("region", { name: "Example in Ruby" })).toContainText("Net::HTTP::Post");
  await docs.open("/endpoints/contacts/list_contacts");
  await expect(tab("Ruby")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Example in Ruby" })).toContainText("Net::HTTP::Get");
});

test("the reference of sending is as specified", async ({ page }) => {
  await signIn(page, DEVELOPER);
  await new DocsPage(page).open("/endpoints/emails/send_email");
  const main = page.getByRole("main");
  for (const text of ["POST", "/v1/emails/send", "Required (Bearer Token)", "60 requests/minute", "emails:send"]) {
    await expect(main.getByText(text, { exact: true }).first()).toBeVisible();
  }
  await expect(main.getByText("Send a single transactional or marketing email.")).toBeVisible();
  const body = page.getByRole("list", { name: "Body" });
  const row = (name: string) => body.locator(`[id="body-${name}"]`);
  await expect(row("to")).toContainText("required");
  await expect(row("subject")).toContainText("required*");
  await expect(row("subject")).toContainText("Email subject (*required if not using template)");
  await expect(row("template_id")).toContainText("optional");

  // The code follows the selected example.
  const code = page.getByRole("region", { name: "Example in cURL" });
  await expect(code).toContainText('"template_id": "welcome-v1"');
  await page.getByRole("combobox", { name: "Example" }).first().selectOption({ index: 1 });
  await expect(code).toContainText('"html_body": "<h1>Hello World</h1>"');

  // Responses: a tab for each status, with the texts of the specification.
  const answers = page.getByRole("region", { name: "Example Responses" });
  for (const [status, text] of [
    ["200", '"status": "queued"'],
    ["400", '"message": "Recipient email is invalid"'],
    ["401", '"message": "API key is invalid or expired"'],
    ["403", "Insufficient permissions. Update key permissions in settings."],
    ["429", "Rate limit exceeded. Try again in 42 seconds."],
  ] as const) {
    await answers.getByRole("tab", { name: status, exact: true }).click();
    await expect(answers.getByRole("tabpanel")).toContainText(text);
  }
  const limits = answers.getByRole("combobox", { name: "Example" });
  await limits.selectOption({ index: 1 });
  await expect(answers.getByRole("tabpanel")).toContainText("too_many_failed_attempts");

  // Install commands of unreleased packages have no copy button.
  const preview = main.locator("details", { hasText: "Node.js SDK (Coming Soon)" });
  await preview.locator("summary").click();
  await expect(preview).toContainText("@penguinmails/sdk");
  await expect(preview).toContainText("Coming Q1 2026");
  await expect(preview.getByRole("button")).toHaveCount(0);
});

test("a pasted key is in the copy and nowhere on the page", async ({ page, server }) => {
  const api = await PublicApi.open(server.url);
  await signIn(page, DEVELOPER);
  await new DocsPage(page).open("/endpoints/account/whoami");
  const tester = page.getByRole("region", { name: "Try It Out" });
  await tester.getByLabel("API Key", { exact: true }).selectOption({ label: "Paste a key…" });
  await tester.getByLabel("Pasted key").fill(api.key);
  await tester.getByRole("button", { name: "Copy as code" }).click();
  await expect(page.getByText("Copied with your key.")).toBeVisible();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  expect(code).toContain(`Bearer ${api.key}`);
  expect(await page.getByRole("main").textContent()).not.toContain(api.key);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(api.key);
});

test("fields unfold, and a phone sees them all", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, DEVELOPER);
  await new DocsPage(page).open("/endpoints/contacts/list_contacts");
  const toggle = page.getByText("Fields of data", { exact: true });
  await expect(page.getByText("Email address in lower case")).toBeHidden();
  await toggle.click();
  await expect(page.getByText("Email address in lower case")).toBeVisible();
  await toggle.click();
  await expect(page.getByText("Email address in lower case")).toBeHidden();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider).toBeLessThanOrEqual(0);
});
