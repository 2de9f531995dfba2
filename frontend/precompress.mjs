// Trunk's post_build hook: writes a .br and a .gz beside every file of the
// dashboard that gets smaller by it, and prints what the first visit transfers.
//
// In a debug build only gzip's fastest level is used: compressing a debug build's
// megabytes well would take longer than building it.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dir = process.env.TRUNK_STAGING_DIR;
if (!dir) throw new Error("TRUNK_STAGING_DIR is not set: this script is a Trunk hook");
const isRelease = process.env.TRUNK_PROFILE === "release";

const COMPRESSIBLE = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm"]);

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

const total = ["first load", 0, 0, 0];
for (const row of rows) for (const column of [1, 2, 3]) total[column] += row[column];
const width = Math.max(...rows.map((row) => row[0].length), total[0].length);
const kb = (bytes) => (bytes / 1000).toFixed(1).padStart(9);
console.log(`${"".padEnd(width)}   raw kB      gzip    brotli`);
for (const [name, ...sizes] of [...rows, total]) {
  console.log(name.padEnd(width) + sizes.map(kb).join(" "));
}
