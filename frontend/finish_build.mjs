// Trunk's post_build hook, in three steps:
//
// 1. The stylesheets become one file: fifteen requests would hold up the first paint.
// 2. A .br and a .gz are written beside every file that gets smaller by it, so that
//    the server does not compress per request. In a debug build at the fastest
//    level only: compressing its megabytes well would take longer than building it.
// 3. What the first visit transfers is printed and, in a release build, held against
//    budget.json.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dir = process.env.TRUNK_STAGING_DIR;
if (!dir) throw new Error("TRUNK_STAGING_DIR is not set: this script is a Trunk hook");
const isRelease = process.env.TRUNK_PROFILE === "release";
const budget = JSON.parse(readFileSync(new URL("budget.json", import.meta.url), "utf8"));

const COMPRESSIBLE = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm"]);

function bundleStyles() {
  const page = join(dir, "index.html");
  const html = readFileSync(page, "utf8");
  const links = [...html.matchAll(/[ \t]*<link rel="stylesheet" href="\/([^"]+)"[^>]*>\n?/g)];
  if (links.length < 2) return;
  // In the order of the page, which the order of the layers depends on.
  const css = links.map(([, name]) => readFileSync(join(dir, name), "utf8")).join("\n");
  const name = `style-${createHash("sha256").update(css).digest("hex").slice(0, 16)}.css`;
  writeFileSync(join(dir, name), css);
  let bundled = html.replace(links[0][0], `    <link rel="stylesheet" href="/${name}">\n`);
  for (const [link] of links.slice(1)) bundled = bundled.replace(link, "");
  writeFileSync(page, bundled);
  for (const [, old] of links) rmSync(join(dir, old));
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function brotli(data) {
  return brotliCompressSync(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: isRelease ? 11 : 1,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
    },
  });
}

function compress() {
  const rows = [];
  for (const path of filesIn(dir).sort()) {
    if (!COMPRESSIBLE.has(extname(path))) continue;
    const data = readFileSync(path);
    const sizes = { raw: data.length };
    for (const [suffix, packed] of [
      [".gz", gzipSync(data, { level: isRelease ? 9 : 1 })],
      [".br", brotli(data)],
    ]) {
      rmSync(path + suffix, { force: true });
      if (packed.length < data.length) writeFileSync(path + suffix, packed);
      sizes[suffix] = Math.min(packed.length, statSync(path).size);
    }
    rows.push([relative(dir, path), sizes.raw, sizes[".gz"], sizes[".br"]]);
  }
  return rows;
}

const kb = (bytes) => bytes / 1000;

/** Prints the sizes and returns the sum of each column. */
function report(rows) {
  const total = ["first load", 0, 0, 0];
  for (const row of rows) for (const column of [1, 2, 3]) total[column] += row[column];
  const width = Math.max(...rows.map((row) => row[0].length), total[0].length);
  console.log(`${"".padEnd(width)}   raw kB      gzip    brotli`);
  for (const [name, ...sizes] of [...rows, total]) {
    console.log(name.padEnd(width) + sizes.map((size) => kb(size).toFixed(1).padStart(9)).join(" "));
  }
  return { raw_kb: kb(total[1]), gzip_kb: kb(total[2]), brotli_kb: kb(total[3]) };
}

/** Fails if the first load is larger than it may be. */
function hold(sizes) {
  for (const [measure, most] of Object.entries(budget.first_load)) {
    if (sizes[measure] <= most) continue;
    console.error(
      `The first load is too large: ${measure} is ${sizes[measure].toFixed(1)}, and frontend/budget.json allows ${most}.`,
    );
    process.exitCode = 1;
  }
}

bundleStyles();
const sizes = report(compress());
if (isRelease) hold(sizes);
