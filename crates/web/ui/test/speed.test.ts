import { expect, test } from "vitest";
import { backoffMs } from "../src/api/realtime";
import { nextSpeed, timeLeftMs } from "../src/lib/speed";

test("the first sample is the speed, later ones move it a little", () => {
  const begun = { bytesPerSecond: 0, at: 0, bytes: 0 };
  const first = nextSpeed(begun, 1_000_000, 1_000);
  expect(first.bytesPerSecond).toBe(1_000_000);
  expect(nextSpeed(first, 1_000_000, 2_000).bytesPerSecond).toBe(700_000);
});

test("samples that come too fast say nothing", () => {
  const before = { bytesPerSecond: 5, at: 1_000, bytes: 100 };
  expect(nextSpeed(before, 90_000, 1_100)).toBe(before);
});

test("nobody knows the time that is left before the first sample", () => {
  expect(timeLeftMs(100, 0, 0)).toBeNull();
  expect(timeLeftMs(3_000, 1_000, 1_000)).toBe(2_000);
});

test("reconnecting waits longer each time, never above 15 s, never all at once", () => {
  expect([0, 1, 2].map((failures) => backoffMs(failures, 1))).toEqual([400, 800, 1_600]);
  expect(backoffMs(30, 1)).toBe(15_000);
  expect(backoffMs(30, 0)).toBe(10_000);
});
