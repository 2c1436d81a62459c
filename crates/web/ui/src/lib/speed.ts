// Upload speed from progress samples, smoothed so that it can be read.

export interface Speed {
  bytesPerSecond: number;
  at: number;
  bytes: number;
}

/** The next estimate after a sample; samples closer than a fifth of a second are ignored. */
export function nextSpeed(before: Speed, bytes: number, at: number): Speed {
  const seconds = (at - before.at) / 1000;
  if (seconds < 0.2) return before;
  const measured = Math.max(0, bytes - before.bytes) / seconds;
  const bytesPerSecond = before.bytesPerSecond === 0 ? measured : before.bytesPerSecond * 0.7 + measured * 0.3;
  return { bytesPerSecond, at, bytes };
}

/** Milliseconds that are left, or null while nobody can know. */
export function timeLeftMs(total: number, sent: number, bytesPerSecond: number): number | null {
  return bytesPerSecond > 0 ? ((total - sent) / bytesPerSecond) * 1000 : null;
}
