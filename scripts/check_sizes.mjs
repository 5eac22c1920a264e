// What a visitor or an operator has to download, compressed, against what we allow ourselves.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;
const LIMITS = [
  { what: "button loader", files: ["button.js"], limit: 4 * KIB },
  { what: "chat window", files: ["visitor.js", "visitor.css"], limit: 44 * KIB },
  { what: "workplace", files: ["workplace.js", "workplace.css"], limit: 120 * KIB },
];

let failed = false;
for (const { what, files, limit } of LIMITS) {
  const paths = files.map((name) => `static/dist/${name}`);
  const missing = paths.filter((path) => !existsSync(path));
  const size = paths
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0);
  const verdict = missing.length ? `${missing.join(", ")} is missing` : size > limit ? "too large" : "fits";
  failed ||= verdict !== "fits";
  console.log(`${what.padEnd(14)} ${String(size).padStart(7)} of ${limit} bytes gzip: ${verdict}`);
}
process.exitCode = failed ? 1 : 0;
