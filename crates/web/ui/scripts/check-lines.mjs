// The formatter leaves strings and comments as long as they are; this says which lines are too long to be read beside
// another file, and which files are too long to be read at once. What is generated is left out.
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const MAX_COLUMNS = 120;
const MAX_LINES = 400;
const KINDS = new Set([".css", ".html", ".js", ".mjs", ".ts", ".tsx"]);
const GENERATED = new Set(["dist", "node_modules", "src/api/schema.d.ts", "test-results"]);

const root = fileURLToPath(new URL("..", import.meta.url));

async function* sources(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (GENERATED.has(relative(root, path))) continue;
    if (entry.isDirectory()) yield* sources(path);
    else if (KINDS.has(extname(entry.name))) yield path;
  }
}

const tooLong = [];
let files = 0;
for await (const path of sources(root)) {
  files += 1;
  const name = relative(root, path);
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  if (lines.length > MAX_LINES) tooLong.push(`${name} has ${lines.length} lines; at most ${MAX_LINES} are allowed`);
  lines.forEach((line, index) => {
    // Characters, not UTF-16 units or bytes: what a person sees.
    const columns = [...line].length;
    if (columns > MAX_COLUMNS) tooLong.push(`${name}:${index + 1} has ${columns} columns; at most ${MAX_COLUMNS}`);
  });
}

if (files === 0) tooLong.push(`there are no sources in ${root}`);
for (const sentence of tooLong) console.error(sentence);
process.exit(tooLong.length > 0 ? 1 : 0);
