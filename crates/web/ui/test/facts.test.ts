import { expect, test } from "vitest";
import type { Facts, StoredFile } from "../src/api/types";
import { factRows } from "../src/lib/facts";
import { storedFile } from "./builders";

const rows = (facts: Facts, change: Partial<StoredFile> = {}) => factRows(storedFile({ facts, ...change }));

// Every opaque picture had "Transparency" and "Animation" with nothing beside them.
test("what a picture has not makes no row", () => {
  expect(rows({ width: 640, height: 1_400, alpha: false, animated: false, orientation: 1 })).toEqual([
    ["Dimensions", "640 × 1,400 pixels"],
  ]);
  expect(rows({ alpha: true, animated: true, orientation: 6 })).toEqual([
    ["Stored", "on its side"],
    ["Transparency", "yes"],
    ["Animation", "yes; images show the first frame"],
  ]);
});

// It stood there twice, once as the tag it is stored as.
test("a document's language is one row, by its name", () => {
  expect(rows({ title: "On rows", pages: 2, words: 0, language: "de" })).toEqual([
    ["Title", "On rows"],
    ["Pages", "2"],
    ["Words", "0"],
    ["Language", "German"],
  ]);
});

test("a document that never changed has one date", () => {
  const created = "2026-01-02T03:04:05Z";
  expect(rows({ created, modified: created }).map(([name]) => name)).toEqual(["Written"]);
  expect(rows({ created, modified: "2026-02-02T03:04:05Z" }).map(([name]) => name)).toEqual(["Written", "Changed"]);
});

test("pages without text are listed, but not hundreds of them", () => {
  expect(rows({ pagesWithoutText: [] })).toEqual([]);
  expect(rows({ pagesWithoutText: [3] })).toEqual([["Without text", "page 3"]]);
  const many = Array.from({ length: 41 }, (_, index) => index + 1);
  expect(rows({ pagesWithoutText: many })[0]?.[1]).toMatch(/^pages 1, 2, .* 40, …$/);
});

test("how reading it ended comes last", () => {
  expect(rows({ encoding: "utf-8" }, { outcome: { code: "ok", sentence: "Read." } })).toEqual([
    ["Encoding", "utf-8"],
    ["Outcome", "Read."],
  ]);
});
