// Makes presets with one of the sharps, as PageSpace does: one pipeline a preset, each from the file's bytes.
//
//   node work.mjs PACKAGE THREADS RUNS FILE OUTDIR NAME:SIDE:FORMAT:QUALITY…
//
// Prints the CPU and wall time of every run after the first, and the most memory the process ever held.
import { readFileSync, writeFileSync } from 'node:fs';

const [pkg, threads, runs, file, outdir, ...rows] = process.argv.slice(2);
const sharp = (await import(pkg)).default;
if (threads !== '0') sharp.concurrency(Number(threads));
// What one run leaves behind must not help the next.
sharp.cache(false);

const presets = rows.map((row) => {
  const [name, side, format, quality] = row.split(':');
  return { name, side: Number(side), format, quality: Number(quality) };
});

async function make(bytes, { side, format, quality }) {
  const resized = sharp(bytes).rotate().resize(side, side, { fit: 'inside', withoutEnlargement: true });
  return format === 'jpeg'
    ? resized.flatten({ background: '#fff' }).jpeg({ quality, progressive: true, mozjpeg: true }).toBuffer()
    : resized.webp({ quality, effort: 4 }).toBuffer();
}

const cpu = [];
const wall = [];
for (let run = 0; run <= Number(runs); run++) {
  const [used, began] = [process.cpuUsage(), performance.now()];
  const bytes = readFileSync(file);
  for (const preset of presets) writeFileSync(`${outdir}/${preset.name}`, await make(bytes, preset));
  const { user, system } = process.cpuUsage(used);
  if (run > 0 || runs === '0') {
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - began);
  }
}
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
console.log(JSON.stringify({ cpu_ms: cpu, wall_ms: wall, peak_kib: Number(peak) }));
