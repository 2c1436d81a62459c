import { expect, test } from "vitest";
import type { Service, SystemPoint } from "../src/api/types";
import { barTone, formatAmount, limitOf, memoryShare, memoryWords, newestMoment } from "../src/lib/system";

const service: Service = {
  name: "processor",
  node: "here:3003",
  version: "0.1.0",
  memoryUsedBytes: 950 * 2 ** 20,
  memoryLimitBytes: 1000 * 2 ** 20,
  memoryPeakBytes: 990 * 2 ** 20,
  oomKills: 2,
  reportedAt: "2026-01-10T12:00:00Z",
};

test("memory is told against its limit", () => {
  expect(memoryShare(service)).toBe(0.95);
  expect(memoryWords(service)).toBe("950 MB of 1.0 GB (95 %) · peak 990 MB · 2 killed for want of memory");
});

test("without a limit of its own nothing is said of one", () => {
  const native: Service = { ...service, memoryLimitBytes: null, memoryPeakBytes: null, oomKills: null };
  expect(memoryShare(native)).toBeNull();
  expect(memoryWords(native)).toBe("950 MB, no limit known");
});

test("a bar is red above its limit", () => {
  expect([barTone(0.9, 0.9), barTone(0.91, 0.9)]).toEqual(["good", "bad"]);
});

test("amounts are in their units", () => {
  expect([formatAmount(0.05, "share"), formatAmount(30, "seconds"), formatAmount(1000, "jobs")]).toEqual([
    "5 %",
    "30 s",
    "1,000",
  ]);
});

test("a limit is found by its name, and the whole is the limit where there is none", () => {
  const limits = [{ name: "memory", label: "Memory", limit: 0.9, unit: "share" as const }];
  expect([limitOf({ limits }, "memory"), limitOf({ limits }, "other")]).toEqual([0.9, 1]);
});

test("the present is the server's", () => {
  const points = [{ at: "2026-01-10T12:01:00Z" }] as SystemPoint[];
  expect(newestMoment({ services: [service], points })).toBe(Date.parse("2026-01-10T12:01:00Z"));
  expect(newestMoment({ services: [service], points: [] })).toBe(Date.parse(service.reportedAt));
  expect(newestMoment({ services: [], points: [] })).toBe(0);
});
