// Post-build hook of Trunk, in five steps:
//
// 1. Splits the program into chunks, see split_program.mjs.
// 2. Puts the stylesheets that style/main.css imports into one file: requests one after the other
//    would delay the first paint.
// 3. Renames the chart worker by its content hash, so that browsers can cache it
//    permanently and it always matches the page. Writes a script that starts it, named in
//    the page's <meta name="chart-worker">.
// 4. Compresses files to .br and .gz if smaller, so that the server doesn't compress per
//    request. A debug build uses the fastest level: better compression of its megabytes
//    would take longer than the build.
// 5. Prints the transfer sizes of the first visit, the chunks and the charts. A release
//    build fails if they exceed budget.json.

import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { hash, minify, splitProgram } from "./split_program.mjs";

const dir = process.env.TRUNK_STAGING_DIR;
if (!dir) throw new Error("TRUNK_STAGING_DIR is not set: this script is a Trunk hook");
const isRelease = process.env.TRUNK_PROFILE === "release";
const budget = JSON.parse(readFileSync(new URL("budget.json", import.meta.url), "utf8"));

const STYLE = new URL("../style/", import.meta.url);
const COMPRESSIBLE = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm"]);

const page = join(dir, "index.html");

/** Replaces custom media queries by their definitions, because browsers don't support them yet. */
function resolveCustomMedia(css) {
  const definition = /@custom-media (--[\w-]+) ([^;]+);\n?/g;
  const queries = Object.fromEntries([...css.matchAll(definition)].map(([, name, query]) => [name, query]));
  return css.replace(definition, "").replace(/\((--[\w-]+)\)(?= \{)/g, (_, name) => {
    if (!queries[name]) throw new Error(`@custom-media ${name} is not defined`);
    return queries[name];
  });
}

function bundleStyles() {
  const html = readFileSync(page, "utf8");
  const link = html.match(/<link rel="stylesheet" href="\/([^"]+)"[^>]*>/);
  if (!link) throw new Error("no stylesheet found in the page that Trunk wrote");
  const main = readFileSync(join(dir, link[1]), "utf8");
  const imported = main.replace(/@import "([^"]+)";/g, (_, path) => readFileSync(new URL(path, STYLE), "utf8"));
  const styles = resolveCustomMedia(imported);
  const name = `style-${hash(styles)}.css`;
  writeFileSync(join(dir, name), styles);
  if (isRelease) minify(join(dir, name));
  writeFileSync(page, html.replace(link[0], `<link rel="stylesheet" href="/${name}">`));
  rmSync(join(dir, link[1]));
}

function nameChartWorker() {
  const [js, wasm] = ["charts.js", "charts_bg.wasm"].map((name) => join(dir, name));
  const name = `charts-${hash(readFileSync(js), readFileSync(wasm))}`;
  renameSync(js, join(dir, `${name}.js`));
  renameSync(wasm, join(dir, `${name}_bg.wasm`));
  // Rethrown outside of the promise, because only that triggers the page's `onerror`.
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

/** Assigns files to loads: the first load of every page, each chunk, and the charts. */
function loads(program) {
  const isOfChunk = (files) => ([path]) => files.some((file) => path === `${program.name}/${file}`);
  const later = Object.fromEntries(Object.entries(program.files).map(([chunk, files]) => [chunk, isOfChunk(files)]));
  later.charts = ([path]) => path.startsWith("charts-");
  return { first_load: (row) => !Object.values(later).some((belongs) => belongs(row)), ...later };
}

/** Prints the file sizes and returns the totals of each load. */
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

/** Fails if a size exceeds its budget, or has none. */
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
// Removes comments for developers.
if (isRelease) writeFileSync(page, readFileSync(page, "utf8").replace(/ *<!--[^]*?-->\n?/g, ""));
const sizes = report(compress(), program);
if (isRelease) hold(sizes);
