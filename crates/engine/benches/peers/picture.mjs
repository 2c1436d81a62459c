// What the benchmark needs of pictures and does not measure, by the newest sharp.
//
//   node picture.mjs tile FILE WIDTH HEIGHT ORIENTATION OUT    a JPEG or AVIF of that size from a smaller picture, mirrored
//   node picture.mjs raw FILE OUT                              upright sRGB pixels on white, with width and height first
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp-newest';

const [what, file, ...rest] = process.argv.slice(2);

async function tile(width, height, orientation, out) {
  const small = await sharp(file).rotate().keepIccProfile().png({ compressionLevel: 1 }).toBuffer();
  const size = await sharp(small).metadata();
  const missing = { right: Math.max(0, width - size.width), bottom: Math.max(0, height - size.height) };
  const tiled = sharp(small).extend({ ...missing, extendWith: 'mirror' }).keepIccProfile();
  const encoded = out.endsWith('.avif')
    ? tiled.avif({ quality: 60, effort: 2, chromaSubsampling: '4:2:0' })
    : tiled.withMetadata({ orientation }).jpeg({ quality: 92 });
  await encoded.toFile(out);
}

async function raw(out) {
  const picture = sharp(readFileSync(file), { limitInputPixels: false }).rotate().flatten({ background: '#fff' });
  const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const pixels = info.channels === 1 ? Buffer.from(Array.from(data).flatMap((gray) => [gray, gray, gray])) : data;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(info.width, 0);
  head.writeUInt32LE(info.height, 4);
  writeFileSync(out, Buffer.concat([head, pixels]));
}

if (what === 'tile') await tile(Number(rest[0]), Number(rest[1]), Number(rest[2]), rest[3]);
else await raw(rest[0]);
