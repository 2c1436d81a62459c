import { expect, test } from "vitest";
import { HOUR_MS, plotLines, plotMax } from "../src/lib/plot";

const now = 10 * HOUR_MS;
const ago = (minutes: number, value: number | null) => ({ at: now - minutes * 60_000, value });

test("a line goes from left to right, and its values from the bottom to the top", () => {
  expect(plotLines([ago(60, 0), ago(59, 5), ago(58, 10)], 10, now)).toEqual(["M0 100L0 100L1.7 50L3.3 0"]);
});

test("where nothing was looked at there is no line, and a point alone is a dot", () => {
  const points = [ago(70, 1), ago(30, 5), ago(29, null), ago(20, 5), ago(0, 20)];
  expect(plotLines(points, 10, now)).toEqual(["M50 50L50 50", "M66.7 50L66.7 50", "M100 0L100 0"]);
});

test.each([
  [[], 10, 10],
  [[null, 3], 10, 10],
  [[11, 4], 10, 20],
  [[21], 10, 50],
  [[501], 10, 1000],
  [[0.3], 1, 1],
])("the top over %j, at least %d, is %d", (values, least, top) => {
  expect(plotMax(values, least)).toBe(top);
});
