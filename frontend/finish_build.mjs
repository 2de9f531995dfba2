// Trunk's post_build hook, in five steps:
//
// 1. The program is taken apart, see split_program.mjs.
// 2. The stylesheets become one file: thirty requests would hold up the first paint.
// 3. The worker that draws charts gets names that change with its content, so that
//    browsers keep it as long as they like and it always fits the page; and a script
//    that starts it, whose name the page finds in its own <meta name="chart-worker">.
// 4. A .br and a .gz are written beside every file that gets smaller by it, so that
//    the server does not compress per request. In a debug build at the fastest
//    level only: compressing its megabytes well would take longer than building it.
// 5. What the first visit transfers, and what the chunks and charts add, is printed and,
//    in a release build, held against budget.json.

import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { hash, minify, splitProgram } from "./split_program.mjs";

const dir = process.env.TRUNK_STAGING_DIR;
if (!dir) throw new Error("TRUNK_STAGING_DIR is not set: this script is a Trunk hook");
const isRelease = process.env.TRUNK_PROFILE === "release";
const budget = JSON.parse(readFileSync(new URL("budget.json", import.meta.url), "utf8"));

const COMPRESSIBLE = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm"]);

const page = join(dir, "index.html");

function bundleStyles() {
  const html = readFileSync(page, "utf8");
  const links = [...html.matchAll(/[ \t]*<link rel="stylesheet" href="\/([^"]+)"[^>]*>\n?/g)];
  if (links.length < 2) throw new Error("no stylesheets found in the page that Trunk wrote");
  // In the order of the page, which the order of the layers depends on.
  const styles = links.map(([, name]) => readFileSync(join(dir, name), "utf8")).join("\n");
  const name = `style-${hash(styles)}.css`;
  writeFileSync(join(dir, name), styles);
  if (isRelease) minify(join(dir, name));
  let bundled = html.replace(links[0][0], `    <link rel="stylesheet" href="/${name}">\n`);
  for (const [link] of links.slice(1)) bundled = bundled.replace(link, "");
  writeFileSync(page, bundled);
  for (const [, old] of links) rmSync(join(dir, old));
}

function nameChartWorker() {
  const [js, wasm] = ["charts.js", "charts_bg.wasm"].map((name) => join(dir, name));
  const name = `charts-${hash(readFileSync(js), readFileSync(wasm))}`;
  renameSync(js, join(dir, `${name}.js`));
  renameSync(wasm, join(dir, `${name}_bg.wasm`));
  // Thrown again outside the promise, because only that reaches the page's `onerror`.
  const start =
    `importScripts("/${name}.js");` +
    `wasm_bindgen({ module_or_path: "/${name}_bg.wasm" }).catch((error) => setTimeout(() => { throw error; }));\n`;
  const starter = `charts-start-${hash(start)}.js`;
  writeFileSync(join(dir, starter), start);
  const meta = `    <meta name="chart-worker" content="/${starter}">\n  </head>`;
  writeFileSync(page, readFileSync(page, "utf8").replace(/ *<\/head>/, meta));
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

/** What is loaded when: by every page, by those that show a chunk, by those that draw charts. */
function loads(program) {
  const isOfChunk = (files) => ([path]) => files.some((file) => path === `${program.name}/${file}`);
  const later = Object.fromEntries(Object.entries(program.files).map(([chunk, files]) => [chunk, isOfChunk(files)]));
  later.charts = ([path]) => path.startsWith("charts-");
  return { first_load: (row) => !Object.values(later).some((belongs) => belongs(row)), ...later };
}

/** Prints the sizes and returns the sums for each load. */
function report(rows, program) {
  const totals = Object.entries(loads(program)).map(([load, belongs]) => {
    const total = [load, 0, 0, 0];
    for (const row of rows.filter(belongs)) for (const column of [1, 2, 3]) total[column] += row[column];
    return total;
  });
  const width = Math.max(...[...rows, ...totals].map(([name]) => name.length));
  console.log(`${"".padEnd(width)}   raw kB      gzip    brotli`);
  for (const [name, ...sizes] of [...rows, ...totals]) {
    console.log(name.padEnd(width) + sizes.map((size) => kb(size).toFixed(1).padStart(9)).join(" "));
  }
  const sums = totals.map(([load, raw, gzip, brotli]) => [
    load,
    { raw_kb: kb(raw), gzip_kb: kb(gzip), brotli_kb: kb(brotli) },
  ]);
  return Object.fromEntries(sums);
}

/** Fails if something is larger than it may be, or may be as large as it likes. */
function hold(sizes) {
  for (const load of Object.keys(sizes)) {
    if (!budget[load]) throw new Error(`frontend/budget.json says nothing about ${load}`);
    for (const [measure, most] of Object.entries(budget[load])) {
      const size = sizes[load][measure];
      if (size <= most) continue;
      console.error(
        `${load} is too large: ${measure} is ${size.toFixed(1)}, and frontend/budget.json allows ${most}.`,
      );
      process.exitCode = 1;
    }
  }
}

const program = splitProgram(dir, page, isRelease);
bundleStyles();
nameChartWorker();
// What it says to its developers is no use to browsers.
if (isRelease) writeFileSync(page, readFileSync(page, "utf8").replace(/ *<!--[^]*?-->\n?/g, ""));
const sizes = report(compress(), program);
if (isRelease) hold(sizes);
