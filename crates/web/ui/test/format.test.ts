import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration, languageName, plural, spanMs } from "../src/lib/format";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KB"],
  [10_240, "10 KB"],
  [1_048_575, "1.0 MB"],
  [5 * 2 ** 20, "5.0 MB"],
  [3 * 2 ** 40, "3.0 TB"],
])("%d bytes", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test.each([
  [-3, "0 ms"],
  [400, "400 ms"],
  [1_500, "1.5 s"],
  [9_990, "10 s"],
  [59_700, "1 min"],
  [125_000, "2 min 5 s"],
  [4_800_000, "1 h 20 min"],
])("%d ms", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test("the past is told shortly, and the future is now", () => {
  const now = Date.parse("2026-01-10T12:00:00Z");
  expect(formatAgo("2026-01-10T12:00:30Z", now)).toBe("just now");
  expect(formatAgo("2026-01-10T11:57:00Z", now)).toBe("3 min ago");
  expect(formatAgo("2026-01-10T02:00:00Z", now)).toBe("10 h ago");
  expect(formatAgo("2025-12-24T12:00:00Z", now)).toBe("Dec 24, 2025");
});

test("a span needs both ends", () => {
  expect(spanMs("2026-01-10T12:00:00Z", "2026-01-10T12:00:01.5Z")).toBe(1_500);
  expect(spanMs("2026-01-10T12:00:00Z", null)).toBeNull();
});

test("one file, two files", () => {
  expect([plural(1, "file"), plural(2_000, "file")]).toEqual(["1 file", "2,000 files"]);
});

test("a language has a name, and what is no language is shown as it is", () => {
  expect(["de", "zh", "not a tag"].map(languageName)).toEqual(["German", "Chinese", "not a tag"]);
});
