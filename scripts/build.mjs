// Builds static/dist from static/src and static/css, and copies what is vendored into static/vendor.
// Same sources, same bytes: `make check` builds again and compares.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

const DIST = "static/dist";
const VENDOR = "static/vendor";

// The loader runs on other people's pages, in whatever browser their visitors have.
const LOADER = { button: "static/src/button/button.js" };
const MODULES = {
  visitor: "static/src/visitor/main.js",
  workplace: "static/src/workplace/main.js",
  admin: "static/src/admin/main.js",
};
const STYLES = {
  visitor: "static/css/visitor.css",
  workplace: "static/css/workplace.css",
  admin: "static/css/admin.css",
};
const MODULE_TARGET = ["es2020", "chrome105", "firefox110", "safari16"];

const VENDORED = {
  "@fontsource-variable/inter": {
    folder: "inter",
    // Latin, its extension (Turkish letters, the rouble and the hryvnia's neighbours) and Cyrillic.
    files: ["latin", "latin-ext", "cyrillic"].map((set) => `files/inter-${set}-wght-normal.woff2`),
  },
};

function fresh(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

async function bundle(entries, options) {
  const result = await esbuild.build({
    entryPoints: entries,
    outdir: DIST,
    bundle: true,
    minify: true,
    charset: "utf8",
    legalComments: "none", // the licences stand in vendor.json and NOTICE
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  return Object.keys(result.metafile.inputs);
}

// Name, version and licence of a package; the licence's text goes along where the package has one.
function description(name) {
  const { version, license } = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
  const text = join("node_modules", name, "LICENSE");
  if (existsSync(text)) {
    mkdirSync(join(VENDOR, "licences"), { recursive: true });
    copyFileSync(text, join(VENDOR, "licences", `${name.replace("/", "-").replace("@", "")}.txt`));
  }
  return { name, version, licence: license };
}

function vendor(name, { folder, files }) {
  mkdirSync(join(VENDOR, folder), { recursive: true });
  const copied = files.map((file) => {
    const path = `${folder}/${basename(file)}`;
    copyFileSync(join("node_modules", name, file), join(VENDOR, path));
    const digest = createHash("sha384").update(readFileSync(join(VENDOR, path))).digest("base64");
    return { path, integrity: `sha384-${digest}` };
  });
  return { ...description(name), files: copied };
}

// node_modules/@scope/name/… and node_modules/name/… both give the package's name.
function packagesOf(inputs) {
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

// The catalogues in dist/i18n are written by scripts/export_script_catalogues.py.
for (const name of Object.keys({ ...LOADER, ...MODULES, ...STYLES })) {
  rmSync(`${DIST}/${name}.js`, { force: true });
  rmSync(`${DIST}/${name}.css`, { force: true });
}
fresh(VENDOR);
const inputs = [
  ...(await bundle(LOADER, { format: "iife", target: "es2017" })),
  ...(await bundle(MODULES, { format: "esm", target: MODULE_TARGET })),
  // Fonts stay where they are: static/css and static/dist lie equally deep.
  ...(await bundle(STYLES, { target: MODULE_TARGET, external: ["../vendor/*"] })),
];
const summary = {
  vendored: Object.entries(VENDORED).map(([name, what]) => vendor(name, what)),
  bundled: packagesOf(inputs).map(description),
};
writeFileSync(join(VENDOR, "vendor.json"), `${JSON.stringify(summary, null, 2)}\n`);
