// A line over the last hour as SVG paths: from points in time to a box of 100 by 100 units.

export interface PlotPoint {
  /** Milliseconds since 1970. */
  at: number;
  value: number | null;
}

export const HOUR_MS = 3_600_000;

/** Between points further apart than this something was not looked at, and a line would claim that it was. */
const MAX_GAP_MS = 150_000;

/** The lines through the points, with gaps where there are none, at most an hour before `now`; `max` is at the top. */
export function plotLines(points: readonly PlotPoint[], max: number, now: number): string[] {
  const lines: string[] = [];
  let last = -Infinity;
  for (const { at, value } of points) {
    if (value === null || at < now - HOUR_MS || at > now) continue;
    const x = round((1 - (now - at) / HOUR_MS) * 100);
    const y = round((1 - Math.min(value / max, 1)) * 100);
    if (at - last > MAX_GAP_MS) lines.push(`M${x} ${y}`);
    // A point alone becomes a dot: a line to itself.
    lines[lines.length - 1] += `L${x} ${y}`;
    last = at;
  }
  return lines;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** A round number above all values, so that the line has air: 1, 2 or 5 times a power of ten, at least `least`. */
export function plotMax(values: readonly (number | null)[], least: number): number {
  const top = Math.max(least, ...values.map((value) => value ?? 0));
  const power = 10 ** Math.floor(Math.log10(top));
  return power * ([1, 2, 5].find((step) => step * power >= top) ?? 10);
}
