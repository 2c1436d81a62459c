// What the benchmark needs of pictures and does not measure, by the newest sharp.
//
//   node picture.mjs tile FILE WIDTH HEIGHT ORIENTATION OUT    a JPEG or AVIF of that size from a smaller picture, mirrored
//   node picture.mjs raw FILE OUT                              upright sRGB pixels on white, with width and height first
//   node picture.mjs crop FILE LEFT TOP SIDE OUT               a square of it, as a PNG
//   node picture.mjs psnr FILE OTHER                           how far apart two pictures of one size are, in dB
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

async function crop(left, top, side, out) {
  await sharp(file).extract({ left, top, width: side, height: side }).png().toFile(out);
}

async function psnr(other) {
  const pixels = (path) => sharp(path, { limitInputPixels: false }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [ours, theirs] = [await pixels(file), await pixels(other)];
  for (const of of ['width', 'height', 'channels'])
    if (ours.info[of] !== theirs.info[of]) throw new Error(`${of}: ${ours.info[of]} and ${theirs.info[of]}`);
  let sum = 0;
  for (let i = 0; i < ours.data.length; i++) sum += (ours.data[i] - theirs.data[i]) ** 2;
  // Pictures that are the same have no ratio; 99 says so in numbers.
  console.log(sum === 0 ? 99 : 10 * Math.log10((255 * 255 * ours.data.length) / sum));
}

if (what === 'tile') await tile(Number(rest[0]), Number(rest[1]), Number(rest[2]), rest[3]);
else if (what === 'crop') await crop(Number(rest[0]), Number(rest[1]), Number(rest[2]), rest[3]);
else if (what === 'psnr') await psnr(rest[0]);
else await raw(rest[0]);
