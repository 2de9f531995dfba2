// Fails if a description in the OpenAPI documents has fewer than four words: it would only repeat
// the name of its property, parameter or header.
//   node .ci/descriptions.mjs docs/openapi.json…

import { readFileSync } from "node:fs";

const MIN_WORDS = 4;
const short = [];

/** Checks the descriptions of properties, parameters and headers below `value`. */
function check(value, path) {
  if (typeof value !== "object" || value === null) return;
  const { description } = value;
  const parent = path.at(-2);
  const isNamed = ["properties", "headers"].includes(parent) || "in" in value;
  if (isNamed && typeof description === "string") {
    if (description.trim().split(/\s+/).length < MIN_WORDS) {
      short.push(`${path.join(".")}: "${description}"`);
    }
  }
  for (const [name, child] of Object.entries(value)) {
    if (name !== "example" && name !== "examples") check(child, [...path, name]);
  }
}

for (const file of process.argv.slice(2)) check(JSON.parse(readFileSync(file, "utf8")), [file]);
if (short.length > 0) {
  console.error(`These descriptions have fewer than ${MIN_WORDS} words:`);
  for (const line of short) console.error(`  ${line}`);
  process.exit(1);
}
