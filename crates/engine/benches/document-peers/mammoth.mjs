// The text of a Word document by mammoth.
//
//   node mammoth.mjs FILE OUT
import { writeFileSync } from 'node:fs';
import mammoth from 'mammoth';
import { begin } from './inside.mjs';

const [file, out] = process.argv.slice(2);
const end = begin();
const { value } = await mammoth.extractRawText({ path: file });
writeFileSync(out, value);
end();
