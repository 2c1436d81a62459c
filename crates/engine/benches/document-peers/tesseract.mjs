// The text of a picture by tesseract.js, with the language that comes as a package.
//
//   node tesseract.mjs FILE OUT
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createWorker } from 'tesseract.js';
import { begin } from './inside.mjs';

const [file, out] = process.argv.slice(2);
const langPath = fileURLToPath(new URL('node_modules/@tesseract.js-data/eng/4.0.0', import.meta.url));
const end = begin();
const worker = await createWorker('eng', 1, { langPath, cacheMethod: 'none', gzip: true });
const { data } = await worker.recognize(file);
writeFileSync(out, data.text);
end();
await worker.terminate();
