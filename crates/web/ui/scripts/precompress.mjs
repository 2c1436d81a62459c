// Writes a .br and a .gz next to every built text asset, and holds the first load to its budget.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const TEXT = new Set([".css", ".html", ".js", ".json", ".svg", ".txt"]);
const FIRST_LOAD_BUDGET = 180 * 1024;
// What a signed-in person's first page needs: these chunks and all they import statically.
const FIRST_LOAD_ENTRIES = ["index.html", "src/components/Shell.tsx", "src/routes/library.tsx"];

async function* walk(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

const gzipBytes = new Map();
for await (const path of walk(dist)) {
  if (!TEXT.has(extname(path)) || path.includes("/.vite/")) continue;
  const bytes = await readFile(path);
  const gz = gzipSync(bytes, { level: 9 });
  const br = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await writeFile(`${path}.gz`, gz);
  await writeFile(`${path}.br`, br);
  gzipBytes.set(relative(dist, path), { raw: bytes.length, gz: gz.length, br: br.length });
}

const manifest = JSON.parse(await readFile(join(dist, ".vite/manifest.json"), "utf8"));
const needed = new Set();
// A chunk that has modules in it which another takes from there stands under its file instead of its source.
const named = (source) =>
  Object.values(manifest).find(({ isDynamicEntry, name }) => isDynamicEntry && name === basename(source, ".tsx"));
function need(key) {
  const chunk = manifest[key] ?? named(key);
  if (!chunk) throw new Error(`the build has no chunk for ${key}`);
  if (needed.has(chunk.file)) return;
  needed.add(chunk.file);
  for (const imported of chunk.imports ?? []) need(imported);
}
FIRST_LOAD_ENTRIES.forEach(need);

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
let firstLoad = 0;
for (const [name, size] of [...gzipBytes].sort()) {
  const first = needed.has(name);
  if (first) firstLoad += size.gz;
  const [raw, gz, br] = [size.raw, size.gz, size.br].map((bytes) => kib(bytes).padStart(11));
  console.log(`${first ? "*" : " "} ${name.padEnd(44)} ${raw} ${gz} gz ${br} br`);
}
console.log(`first load (*): ${kib(firstLoad)} of script, gzipped; budget ${kib(FIRST_LOAD_BUDGET)}`);
if (firstLoad > FIRST_LOAD_BUDGET) {
  console.error("the first load is over its budget");
  process.exit(1);
}
// It served its purpose; the binary embeds what is left.
await rm(join(dist, ".vite"), { recursive: true });
