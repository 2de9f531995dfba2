// Lighthouse (desktop) on every page: `make lighthouse`. Requires the release build, because a
// debug build is many times larger.

import { chromium } from "@playwright/test";
import { DEVELOPER, PASSWORD } from "./fixtures/people";
import { freePort } from "./fixtures/server";
import { expect, test } from "./fixtures/test";
import {
  BILLING,
  DOCS,
  ERROR_CATALOGUE,
  ESP_WEBHOOKS,
  KEYS,
  LOGIN,
  NOT_FOUND,
  OVERVIEW,
  USAGE,
  WEBHOOKS,
} from "./pages/routes";

/** Minimum scores of every page, in percent. */
const LEAST = { performance: 95, accessibility: 100, "best-practices": 100 } as const;
type Category = keyof typeof LEAST;

interface Report {
  categories: Record<Category, { score: number | null; auditRefs: { id: string }[] }>;
  audits: Record<string, { score: number | null; title: string }>;
}
type Lighthouse = (url: string, flags: object, config: object) => Promise<{ lhr: Report } | undefined>;

test("every page reaches its scores", async ({ server }) => {
  test.setTimeout(10 * 60_000);
  // Imported dynamically, because only `make lighthouse` installs it.
  const load = async (path: string): Promise<unknown> => {
    const module = (await import(`${import.meta.dirname}/lighthouse/node_modules/${path}`)) as { default: unknown };
    return module.default;
  };
  const lighthouse = (await load("lighthouse/core/index.js")) as Lighthouse;
  const desktop = (await load("lighthouse/core/config/desktop-config.js")) as object;

  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", `--remote-debugging-port=${port}`],
  });
  const cookie = await signIn(server.url);
  const visitors = [{ path: LOGIN, Cookie: undefined }];
  const docs = [DOCS, `${DOCS}/guides/rate-limiting`, `${DOCS}/endpoints/emails/send_email`, ERROR_CATALOGUE];
  const members = [OVERVIEW, KEYS, USAGE, BILLING, WEBHOOKS, ESP_WEBHOOKS, ...docs, NOT_FOUND];
  const visits = [...visitors, ...members.map((path) => ({ path, Cookie: cookie }))];
  const rows: string[] = [];
  try {
    for (const { path, Cookie } of visits) {
      const flags = {
        port,
        onlyCategories: Object.keys(LEAST),
        extraHeaders: Cookie ? { Cookie } : {},
        logLevel: "error",
      };
      const result = await lighthouse(server.url + path, flags, desktop);
      const { categories, audits } = result!.lhr;
      const scores = (Object.keys(LEAST) as Category[]).map((category) => {
        const { score, auditRefs } = categories[category];
        const percent = Math.round((score ?? 0) * 100);
        const failed = auditRefs.map(({ id }) => audits[id]).filter((audit) => audit?.score === 0);
        const why = failed.map((audit) => audit?.title).join("; ");
        expect.soft(percent, `${path}: ${category} (${why})`).toBeGreaterThanOrEqual(LEAST[category]);
        return String(percent).padStart(Math.max(category.length, 3));
      });
      rows.push(`${scores.join("  ")}  ${path}`);
    }
  } finally {
    await browser.close();
    console.log([`${Object.keys(LEAST).join("  ")}  page`, ...rows].join("\n"));
  }
});

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: url },
    body: JSON.stringify({ email: DEVELOPER, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]!.split(";")[0]!;
}
