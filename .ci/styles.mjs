// Checks the style sheets in style/:
//
// - Widths of media queries are named in tokens.css: `@media (--phone)`.
// - Spacing, font sizes and line heights are tokens. A comment behind the declaration that starts
//   with "optical:" allows an exception and says why.
// - A block is styled in one sheet. Others may only place it and set its custom properties; what
//   looks different has a modifier, defined beside its block.
// - main.css imports every sheet once.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? "style";
const LENGTHS = /^(margin|padding|scroll-margin|scroll-padding)(-|$)|^((row|column)-)?gap$/;
const TYPE = /^(font|font-size|line-height)$/;
const PLACEMENT =
  /^(--.*|margin.*|(min-|max-)?(width|height)|flex.*|grid-(area|row|column)|order|(align|justify)-self|position|inset.*|top|right|bottom|left|z-index|display|vertical-align)$/;
/** A hairline is not spacing: it makes up for a border. */
const LITERAL = /(?<![\w.-])-?(?!1px\b)(?:\d*\.)?\d+(?:px|rem)\b/;

const problems = [];

/** Returns the at-rules and declarations of a sheet, the latter with their selectors. */
function statements(css) {
  const found = [];
  const open = [];
  for (const { 0: text, index } of css.matchAll(/\/\*[^]*?\*\/|(?:[^;{}/]|\/(?!\*))+[;{]|\}/g)) {
    const line = css.slice(0, index + text.search(/\S/)).split("\n").length;
    const body = text.slice(0, -1).trim().replace(/\s+/g, " ");
    if (text.startsWith("/*")) {
      const last = found.at(-1);
      if (last?.line === line) last.comment = text;
    } else if (text.endsWith("{")) {
      open.push(body);
      if (body.startsWith("@")) found.push({ line, rule: body });
    } else if (text === "}") {
      open.pop();
    } else {
      const [property, value] = body.split(/: (.*)/);
      const selectors = open.filter((each) => !each.startsWith("@"));
      found.push({ line, property, value, selectors, isKeyframe: open.some((each) => each.startsWith("@keyframes")) });
    }
  }
  return found;
}

/** Splits at top-level occurrences of a separator. */
function split(text, separator) {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0 && separator.test(character)) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** Returns the blocks that a selector styles: those of its last part with a class. */
function blocks(selector) {
  const parts = split(selector, /[\s>+~]/);
  for (const part of parts.reverse()) {
    const names = [...part.replace(/:(not|has)\((?:[^()]|\([^()]*\))*\)/g, "").matchAll(/\.([a-z][\w-]*)/g)];
    const own = names.map(([, name]) => name.split("__")[0].split("--")[0]).filter((name) => !/^(is|has)-/.test(name));
    if (own.length > 0) return own;
  }
  return [];
}

const sheets = readdirSync(root, { recursive: true }).filter((path) => path.endsWith(".css"));
const imported = [...readFileSync(join(root, "main.css"), "utf8").matchAll(/@import "([^"]+)";/g)].map(([, path]) => path);
for (const sheet of sheets) {
  if (sheet === "main.css") continue;
  const times = imported.filter((path) => path === sheet).length;
  if (times !== 1) problems.push(`${sheet}: imported ${times} times in main.css`);
}

const media = [...readFileSync(join(root, "tokens.css"), "utf8").matchAll(/@custom-media (--[\w-]+)/g)].map(([, name]) => name);
const styledIn = new Map();
for (const sheet of sheets) {
  const css = readFileSync(join(root, sheet), "utf8");
  for (const { line, rule, property, value, selectors, isKeyframe, comment } of statements(css)) {
    const report = (text) => problems.push(`${sheet}:${line}: ${text}`);
    if (rule) {
      if (!rule.startsWith("@media")) continue;
      if (/(width|height)\b/.test(rule)) report(`${rule}: name this width in tokens.css`);
      for (const [name] of rule.matchAll(/--[\w-]+/g)) if (!media.includes(name)) report(`${name} is not defined`);
      continue;
    }
    const isAllowed = comment?.startsWith("/* optical:");
    const isLiteral = LENGTHS.test(property) && LITERAL.test(value);
    const isLiteralType =
      TYPE.test(property) && value !== "inherit" && (/(?<![\w-])[\d.]+(px|rem|em|%)/.test(value) || /(^|\/ )[\d.]+( |$)/.test(value.replace(/^\d+ /, "")));
    if (sheet !== "tokens.css" && !isAllowed && (isLiteral || isLiteralType)) report(`${property}: ${value} is not a token`);
    if (isKeyframe || PLACEMENT.test(property)) continue;
    for (const selector of selectors.flatMap((each) => split(each, /,/))) {
      for (const block of blocks(selector)) {
        if (!styledIn.has(block)) styledIn.set(block, new Map());
        if (!styledIn.get(block).has(sheet)) styledIn.get(block).set(sheet, `${sheet}:${line}: ${selector} { ${property} }`);
      }
    }
  }
}
for (const [block, places] of styledIn) {
  if (places.size > 1) problems.push(`.${block} is styled in ${places.size} sheets:\n  ${[...places.values()].join("\n  ")}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
