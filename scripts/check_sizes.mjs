// What a visitor or an operator has to download, compressed, against what we allow ourselves.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;
const LIMITS = [
  { what: "button loader", files: ["button.js"], limit: 4 * KIB },
  { what: "chat window", files: ["visitor.js", "visitor.css"], limit: 44 * KIB },
  { what: "workplace", files: ["workplace.js", "workplace.css"], limit: 120 * KIB },
];

const compressed = (name) => {
  const path = `static/dist/${name}`;
  return existsSync(path) ? gzipSync(readFileSync(path), { level: 9 }).length : 0;
};

let failed = false;
for (const { what, files, limit } of LIMITS) {
  const size = files.map(compressed).reduce((sum, one) => sum + one, 0);
  const word = size > limit ? "too large" : "fits";
  failed ||= size > limit;
  console.log(`${what.padEnd(14)} ${String(size).padStart(7)} of ${limit} bytes gzip: ${word}`);
}
process.exitCode = failed ? 1 : 0;
