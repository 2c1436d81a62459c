import { expect, test } from "vitest";
import { beginPace, nextPace, roundLeftMs, type Pace } from "../src/lib/pace";

const MB = 1_000_000;

/** What is shown while bytes go as `speedAt` says, a sample every half second. */
function run(totalBytes: number, speedAt: (second: number) => number): Pace[] {
  let [pace, bytes] = [beginPace(0, 0), 0];
  const shown: Pace[] = [];
  for (let second = 0.5; bytes < totalBytes; second += 0.5) {
    bytes = Math.min(totalBytes, bytes + speedAt(second) / 2);
    pace = nextPace(pace, bytes, totalBytes - bytes, second * 1000);
    shown.push(pace);
  }
  return shown;
}

const known = (shown: Pace[]) => shown.flatMap(({ leftMs }) => (leftMs === null ? [] : [leftMs]));

test("what goes first fills buffers and says nothing", () => {
  const first = nextPace(beginPace(0, 0), 4 * MB, 96 * MB, 500);
  expect(first).toMatchObject({ bytesPerSecond: 0, leftMs: null });
  expect(nextPace(first, 5 * MB, 95 * MB, 1_500)).toMatchObject({ bytesPerSecond: MB, leftMs: 95_000 });
});

test("samples that come too fast say nothing", () => {
  const before = nextPace(beginPace(0, 0), 100, 900, 1_000);
  expect(nextPace(before, 900, 100, 1_100)).toBe(before);
});

test("what is gone back to is no speed below nothing", () => {
  const before = { ...beginPace(10 * MB, 0), sampledS: 8, bytesPerSecond: MB, leftMs: 5_000 };
  const after = nextPace(before, 2 * MB, 8 * MB, 1_000);
  expect(after.bytesPerSecond).toBeGreaterThan(0.8 * MB);
  expect(after.bytesPerSecond).toBeLessThan(MB);
});

// A wireless link that sends for half a second and is silent for one had "3 s left" and "40 s left" in turns.
test("on a link that comes in bursts the time left goes down, and never up by a fifth", () => {
  const left = known(run(100 * MB, (second) => (second % 1.5 === 0 ? 3 * MB : 0)).slice(4));
  expect(left.length).toBeGreaterThan(150);
  left.slice(1).forEach((after, index) => {
    const before = left[index] ?? 0;
    expect(after, `${before} ms, then ${after} ms`).toBeLessThan(before * 1.2 + 500);
    // Nor does it fall in leaps: by the half second that went, or over to what is right step by step.
    expect(before - after, `${before} ms, then ${after} ms`).toBeLessThan(500 + before * 0.25);
  });
});

test("a link that becomes ten times slower is believed within half a minute", () => {
  const shown = run(100 * MB, (second) => (second <= 20 ? MB : MB / 10));
  const at = (second: number) => shown[second * 2 - 1]?.leftMs ?? 0;
  expect(at(20)).toBeLessThan(100_000);
  expect(at(50)).toBeGreaterThan(500_000);
});

test("times left are said in steps that are read at a glance", () => {
  expect([0, 1_200, 8_100, 23_000, 95_000, 700_000, 5_000_000].map((ms) => roundLeftMs(ms) / 1000)).toEqual([
    1, 2, 9, 25, 120, 720, 5_100,
  ]);
});
