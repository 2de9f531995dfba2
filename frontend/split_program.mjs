// Splits the dashboard's program, so that a visit only loads the code that it needs:
//
//   the linked program -> wasm-split-cli -> the main part, and the chunks of `chunks.rs`
//   the main part      -> wasm-bindgen   -> the part loaded first
//   every part         -> wasm-opt       -> smaller (in a release build)
//
// Trunk doesn't support chunks, so its output for the whole program is discarded. The parts refer
// to each other by name, so the names stay, in a directory with the content hash.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Patterns of the pages that need a chunk immediately, and preload it. */
const PAGES = {
  account: "^/dashboard/settings/account",
  docs: "^/dashboard/settings/developers/docs",
  keys: "^/dashboard/settings/developers/keys",
  // Pages of operations, not those of groups.
  tester: "^/dashboard/settings/developers/docs/endpoints/[^/]+/.",
  usage: "^/dashboard/settings/developers/usage",
};

export function hash(...parts) {
  const sha = createHash("sha256");
  for (const part of parts) sha.update(part);
  return sha.digest("hex").slice(0, 16);
}

const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"] });

/** Minifies a script or stylesheet in place. */
export function minify(path) {
  run("esbuild", path, "--minify", "--log-level=error", "--allow-overwrite", `--outfile=${path}`);
}

/** Returns the path of the program linked by cargo. */
function linked(isRelease) {
  const metadata = JSON.parse(run("cargo", "metadata", "--no-deps", "--offline", "--format-version=1"));
  const target = metadata.target_directory;
  return join(target, "wasm32-unknown-unknown", isRelease ? "wasm-release" : "debug", "frontend.wasm");
}

/** Returns the files of each chunk: its own, and those shared with other chunks. */
function filesOfChunks(loader) {
  const own = [...loader.matchAll(/"\.\/(split_(\w+)\.wasm)"/g)];
  const files = Object.fromEntries(own.map(([, file, chunk]) => [chunk, [file]]));
  // wasm-split-cli lists the chunks that share a file in a comment above it.
  for (const [, chunks, file] of loader.matchAll(/\/\* ([\w, ]+) \*\/\n.*\n.*"\.\/(\w+\.wasm)"/g)) {
    for (const chunk of chunks.split(", ")) files[chunk].push(file);
  }
  for (const chunk of Object.keys(PAGES)) if (!files[chunk]) throw new Error(`chunks.rs has no chunk "${chunk}"`);
  return files;
}

/** Makes the page load the parts, and preload the chunk for its path. */
function rewrite(html, name, files) {
  const js = html.match(/"(\/frontend-[0-9a-f]+\.js)"/)?.[1];
  if (!js) throw new Error("no program found in the page that Trunk wrote");
  const wasm = js.replace(".js", "_bg.wasm");
  const table = Object.entries(PAGES).map(([chunk, page]) => [page, files[chunk].map((file) => `/${name}/${file}`)]);
  const preload = `    <link rel="modulepreload" href="/${name}/__wasm_split.js" crossorigin="anonymous">
    <script>
      (function () {
        ${JSON.stringify(table)}.forEach(function (entry) {
          if (!new RegExp(entry[0]).test(location.pathname)) return;
          entry[1].forEach(function (file) {
            var link = document.createElement("link");
            link.rel = "preload";
            link.as = "fetch";
            link.crossOrigin = "anonymous";
            link.href = file;
            document.head.appendChild(link);
          });
        });
      })();
    </script>
  </head>`;
  return html
    .replaceAll(js, `/${name}/frontend.js`)
    .replaceAll(wasm, `/${name}/frontend_bg.wasm`)
    .replace(/ *<\/head>/, preload);
}

/** Replaces the program loaded by `page`, a file in `dir`, with its parts. */
export function splitProgram(dir, page, isRelease) {
  const parts = join(dir, "parts");
  rmSync(parts, { recursive: true, force: true });
  mkdirSync(parts);
  const main = join(parts, "frontend.wasm");
  run("wasm-split-cli", linked(isRelease), parts, "--target", "web", "--out-name", "frontend");
  run("wasm-bindgen", main, "--target", "web", "--keep-lld-exports", "--no-typescript", "--out-dir", parts);
  rmSync(main);
  const files = filesOfChunks(readFileSync(join(parts, "__wasm_split.js"), "utf8"));
  for (const file of isRelease ? readdirSync(parts) : []) {
    const path = join(parts, file);
    if (file.endsWith(".wasm")) run("wasm-opt", "-Oz", path, "-o", path);
    else minify(path);
  }
  const contents = readdirSync(parts).sort().map((file) => readFileSync(join(parts, file)));
  const name = `frontend-${hash(...contents)}`;
  for (const file of readdirSync(dir)) if (file.startsWith("frontend-")) rmSync(join(dir, file));
  renameSync(parts, join(dir, name));
  writeFileSync(page, rewrite(readFileSync(page, "utf8"), name, files));
  return { name, files };
}
