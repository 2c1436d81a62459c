// The text of a PDF by pdf.js, page after page, as PageSpace takes it.
//
//   node pdfjs.mjs FILE OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { begin } from './inside.mjs';

const [file, out] = process.argv.slice(2);
const part = (name) => fileURLToPath(new URL(`node_modules/pdfjs-dist/${name}/`, import.meta.url));
const end = begin();
const document = await getDocument({
  data: new Uint8Array(readFileSync(file)),
  // Without these it cannot read Chinese, Japanese and Korean in fonts that are not embedded.
  cMapUrl: part('cmaps'),
  cMapPacked: true,
  standardFontDataUrl: part('standard_fonts'),
  wasmUrl: part('wasm'),
  verbosity: 0,
}).promise;
let text = '';
for (let number = 1; number <= document.numPages; number++) {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  text += items.map((item) => item.str + (item.hasEOL ? '\n' : '')).join('') + '\n\f';
  page.cleanup();
}
writeFileSync(out, text);
end();
await document.destroy();
