// Tiny files, different in every run, so that nothing is there already.
import { createHash, randomBytes } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

export const run = randomBytes(4).toString("hex");

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A PNG of one colour gradient, in the run's own colours. */
export function png(width, height) {
  const [r, g, b] = randomBytes(3);
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      rows[at++] = (r + (x * 160) / width) & 255;
      rows[at++] = (g + (y * 160) / height) & 255;
      rows[at++] = b;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [
    ["IHDR", header],
    ["IDAT", deflateSync(rows)],
    ["IEND", Buffer.alloc(0)],
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts.map(([type, data]) => chunk(type, data))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32 ? crc32(body) >>> 0 : checksum(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

// Node 20 before 20.15 has no zlib.crc32.
function checksum(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PDF with one line of text on each page. */
export function pdf(lines) {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${lines.length} /Kids [${lines.map((_, index) => `${4 + index * 2} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ...lines.flatMap((line, index) => {
      const content = `BT /F1 18 Tf 72 720 Td (${line.replace(/[\\()]/g, "\\$&")}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> ` +
          `/Contents ${5 + index * 2} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  const count = objects.length + 1;
  const trailer = `trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  text += `xref\n0 ${count}\n0000000000 65535 f \n${table}${trailer}`;
  return Buffer.from(text, "latin1");
}

/** A second of a tone, as WAV. */
export function wav() {
  const rate = 8_000;
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + rate, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(rate, 40);
  const pitch = 300 + (randomBytes(1)[0] ?? 0);
  const tone = Buffer.from(
    Array.from({ length: rate }, (_, at) => 128 + 60 * Math.sin((2 * Math.PI * pitch * at) / rate)),
  );
  return Buffer.concat([header, tone]);
}

/** Plain text of about that many bytes; compresses badly enough to be a real upload. */
export function prose(bytes) {
  const words = `the quick brown fox of run ${run} jumps over lazy dogs and counts them`.split(" ");
  const lines = [];
  for (let size = 0, line = 0; size < bytes; line += 1) {
    const text = `${line}: ${words.slice(line % 7).join(" ")} ${(line * 2654435761) % 1e9}.`;
    lines.push(text);
    size += text.length + 1;
  }
  return Buffer.from(lines.join("\n"));
}
