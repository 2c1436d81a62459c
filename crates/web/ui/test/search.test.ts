import { beforeEach, expect, test } from "vitest";
import { asTyped, fileHref, markedQuery, recentSearches, rememberSearch } from "../src/lib/search";

test.each([
  ["invoi", "invoi OR invoi*"],
  ["net tot", "net tot OR tot*"],
  ["net total ", "net total "],
  ['"net tot', '"net tot'],
  ['"net" tot', '"net" tot OR tot*'],
  ["in", "in"],
  ["-draft", "-draft"],
  ["東京都", "東京都"],
  ["invoi*", "invoi*"],
])("%s is asked for as %s", (typed, asked) => {
  expect(asTyped(typed)).toBe(asked);
});

test("what is marked in a snippet is marked in the file", () => {
  const parts = [
    { text: "the ", isMarked: false },
    { text: "Net total", isMarked: true },
    { text: " of ", isMarked: false },
    { text: "invoices", isMarked: true },
    { text: "invoices", isMarked: true },
  ];
  expect(markedQuery(parts)).toBe('"Net total" invoices');
  expect(fileHref("7", 3, markedQuery(parts))).toBe("/files/7?page=3&q=%22Net+total%22+invoices");
  expect(fileHref("7")).toBe("/files/7");
});

beforeEach(() => {
  const kept = new Map<string, string>();
  Object.assign(globalThis, {
    localStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => kept.set(k, v),
    },
  });
});

test("the newest searches are remembered, each once", () => {
  for (const q of ["a", "b", "a", " "]) rememberSearch(q);
  expect(recentSearches()).toEqual(["a", "b"]);
  for (let n = 0; n < 20; n += 1) rememberSearch(`q${n}`);
  expect(recentSearches()).toHaveLength(8);
  localStorage.setItem("pagespace.searches", "{broken");
  expect(recentSearches()).toEqual([]);
});
