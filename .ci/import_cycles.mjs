// Fails if modules of a crate import each other in a circle, and prints each circle.
//   node .ci/import_cycles.mjs backend/src
// Modules are files. A module's use of the modules that contain it does not count: the files
// of a folder are parts of one module.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = process.argv[2];
const files = readdirSync(root, { recursive: true })
  .filter((file) => file.endsWith(".rs") && file !== "main.rs")
  .sort();
const moduleOf = (file) =>
  file
    .replace(/\.rs$/, "")
    .split("/")
    .filter((part) => part !== "mod" && part !== "lib");
const modules = new Map(files.map((file) => [moduleOf(file).join("::"), file]));

/** The leaves of `a::{b, c::{d, e}}`. */
function leaves(tree, prefix = "") {
  const open = tree.indexOf("{");
  if (open < 0) return [prefix + tree.trim().replace(/ as \w+$/, "")];
  const head = prefix + tree.slice(0, open).trim();
  const inner = tree.slice(open + 1, tree.lastIndexOf("}"));
  const parts = [];
  let depth = 0;
  let part = "";
  for (const c of inner) {
    if (c === "{") depth += 1;
    if (c === "}") depth -= 1;
    if (c === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += c;
  }
  parts.push(part);
  return parts.filter((text) => text.trim()).flatMap((text) => leaves(text, head));
}

/** The module that a path leads into: the longest beginning that is a file. */
function target(path) {
  for (let end = path.length; end > 0; end--) {
    const name = path.slice(0, end).join("::");
    if (modules.has(name)) return name;
  }
  return null;
}

const contains = (outer, inner) => inner === outer || inner.startsWith(`${outer}::`);

function imports(file) {
  const own = moduleOf(file);
  // Tests may look at whatever they test.
  const text = readFileSync(join(root, file), "utf8")
    .split(/^#\[cfg\(test\)\]$/m)[0]
    .replace(/\/\/.*$/gm, "");
  const paths = [];
  for (const [, reexport, tree] of text.matchAll(/^\s*(pub(?:\(\w+\))? )?use ([^;]+);/gm)) {
    for (const leaf of leaves(tree.replace(/\s+/g, " "))) {
      const isOwnChild = reexport && !/^(crate|super)/.test(leaf);
      if (!isOwnChild) paths.push(leaf);
    }
  }
  for (const [path] of text.matchAll(/\bcrate(?:::\w+)+/g)) paths.push(path);
  const found = new Set();
  for (const path of paths) {
    const parts = path.split("::").map((part) => part.trim());
    let absolute;
    if (parts[0] === "crate") absolute = parts.slice(1);
    else if (parts[0] === "super") {
      let up = own.slice(0, -1);
      let rest = parts.slice(1);
      while (rest[0] === "super") {
        up = up.slice(0, -1);
        rest = rest.slice(1);
      }
      absolute = [...up, ...rest];
    } else if (modules.has([...own, parts[0]].join("::"))) absolute = [...own, ...parts];
    else continue;
    const to = target(absolute);
    if (to !== null && !contains(to, own.join("::"))) found.add(to);
  }
  return [...found];
}

const edges = new Map([...modules].map(([name, file]) => [name, imports(file)]));

/** Tarjan's strongly connected components. */
function components() {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node)) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) === index.get(node)) {
      const component = stack.splice(stack.indexOf(node));
      if (component.length > 1) found.push(component);
    }
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}

const circles = components();
for (const circle of circles) {
  console.error(`${circle.length} modules of ${relative(".", root)} import each other:`);
  for (const name of circle.sort()) {
    const inside = edges.get(name).filter((to) => circle.includes(to));
    console.error(`  ${modules.get(name)} imports ${inside.map((to) => modules.get(to)).join(", ")}`);
  }
}
process.exit(circles.length > 0 ? 1 : 0);
