import { expect, test } from "vitest";
import { isUnderWay } from "../src/api/readings";
import type { Reading } from "../src/api/types";
import { readingWords } from "../src/lib/readings";

function reading(change: Partial<Reading> = {}): Reading {
  return {
    id: "r1",
    what: "all",
    ocr: "as_set",
    state: "running",
    total: 1204,
    done: 12,
    failed: 0,
    createdAt: "2026-11-20T10:00:00Z",
    ...change,
  };
}

test("a reading says how far it is and what could not be read", () => {
  expect(readingWords(reading())).toBe("Reading again: 12 of 1,204");
  expect(readingWords(reading({ failed: 3 }))).toBe("Reading again: 12 of 1,204 · 3 could not be read");
  expect(readingWords(reading({ state: "waiting", total: 1, done: 0 }))).toBe("Waiting to read 1 file again");
});

test("what waits or runs is under way and nothing else", () => {
  const states = (["waiting", "running", "finished", "cancelled", "failed"] as const).map((state) =>
    reading({ state }),
  );
  expect(states.filter(isUnderWay).map(({ state }) => state)).toEqual(["waiting", "running"]);
});
