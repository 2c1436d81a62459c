// How fast bytes go, and how long the rest takes, smoothed so that both can be read while they change.

/** In how many seconds a new speed is believed: a wireless link comes in bursts, and nobody wants to see each. */
const SETTLE_S = 8;
/** Samples closer than this say more of the clock than of the link. */
const SAMPLE_S = 0.25;
/** What is told of the time left changes with the clock alone while it is right to this part. */
const TOLERANCE = 0.2;

export interface Pace {
  /** The speed; 0 while nobody can know. */
  bytesPerSecond: number;
  /** How long the rest takes; null while nobody can know. */
  leftMs: number | null;
  /** When the last sample was taken, on the clock of `performance.now()`, and where the bytes were. */
  at: number;
  bytes: number;
  /** How long there have been samples; null before the first. */
  sampledS: number | null;
}

/** Where sending begins. */
export const beginPace = (bytes: number, at: number): Pace => ({
  bytesPerSecond: 0,
  leftMs: null,
  at,
  bytes,
  sampledS: null,
});

/** The pace after a sample: so many bytes have gone by then, and so many are left. */
export function nextPace(before: Pace, bytes: number, restBytes: number, at: number): Pace {
  const seconds = (at - before.at) / 1000;
  if (seconds < SAMPLE_S) return before;
  // What goes first only fills the buffers between here and there.
  if (before.sampledS === null) return { ...before, at, bytes, sampledS: 0 };
  // What is gone back to was not sent; it is no speed below nothing.
  const measured = Math.max(0, bytes - before.bytes) / seconds;
  const sampledS = before.sampledS + seconds;
  // The mean of all at first; then the past fades, by time and not by how many samples there were.
  const weight = Math.max(seconds / sampledS, 1 - Math.exp(-seconds / SETTLE_S));
  const bytesPerSecond = before.bytesPerSecond + (measured - before.bytesPerSecond) * weight;
  const leftMs = nextLeftMs(before.leftMs, seconds * 1000, restBytes, bytesPerSecond);
  return { bytesPerSecond, leftMs, at, bytes, sampledS };
}

/** Counts down by the clock while that is about right, and else goes over to what is right step by step. */
function nextLeftMs(before: number | null, passedMs: number, restBytes: number, speed: number): number | null {
  if (speed <= 0) return null;
  const estimateMs = (Math.max(0, restBytes) / speed) * 1000;
  if (before === null) return estimateMs;
  const expectedMs = Math.max(0, before - passedMs);
  const off = estimateMs - expectedMs;
  if (Math.abs(off) <= expectedMs * TOLERANCE) return expectedMs;
  return Math.max(0, expectedMs + off * (1 - Math.exp(-passedMs / 1000 / (SETTLE_S / 4))));
}

/** A time left in steps that are read at a glance: `8 s`, `25 s`, `3 min`, `1 h 20 min`. */
export function roundLeftMs(ms: number): number {
  const seconds = Math.max(1, ms / 1000);
  const step = seconds < 10 ? 1 : seconds < 60 ? 5 : seconds < 600 ? 30 : seconds < 3600 ? 60 : 300;
  return Math.ceil(seconds / step) * step * 1000;
}
