import { expect, test } from "vitest";
import { isFetching } from "../src/api/imports";
import type { Import } from "../src/api/types";
import { importShare, importWords, linkOf } from "../src/lib/imports";

function link(change: Partial<Import> = {}): Import {
  return {
    id: "i1",
    driveId: "d1",
    url: "https://example.org/papers/on%20reading.pdf?token=secret",
    state: "running",
    receivedBytes: 0,
    createdAt: "2026-11-20T10:00:00Z",
    ...change,
  };
}

test("a text is a link when it is one address of the web and nothing beside it", () => {
  expect(linkOf(" https://example.org/a?b=c#d \n")).toBe("https://example.org/a?b=c#d");
  expect(linkOf("HTTP://example.org")).toBe("HTTP://example.org");
  for (const text of ["", "example.org", "see https://example.org", "https://a b", "ftp://example.org", "https://"]) {
    expect(linkOf(text), text).toBeNull();
  }
});

test("an import says what is fetched and how far it is, and nothing of a secret in the link", () => {
  expect(importWords(link())).toBe("Fetching on reading.pdf");
  expect(importWords(link({ receivedBytes: 2048 }))).toBe("Fetching on reading.pdf: 2.0 KB");
  const half = link({ receivedBytes: 2048, lengthBytes: 4096 });
  expect([importWords(half), importShare(half)]).toEqual(["Fetching on reading.pdf: 2.0 KB of 4.0 KB", 0.5]);
  expect(importShare(link({ receivedBytes: 2048 }))).toBeNull();
  expect(importWords(link({ url: "https://example.org/", state: "waiting" }))).toBe("Waiting to fetch example.org");
  expect(importWords(link({ url: "https://example.org/%E0%A4", state: "waiting" }))).toBe("Waiting to fetch %E0%A4");
});

test("an import that failed says why, and one that is tried again why that is", () => {
  const error = "The server answered 503.";
  expect(importWords(link({ state: "failed", error }))).toBe(
    "on reading.pdf was not fetched. The server answered 503.",
  );
  expect(importWords(link({ state: "waiting", error }))).toBe(
    "Waiting to fetch on reading.pdf again. The server answered 503.",
  );
});

test("what waits or runs is being fetched and nothing else", () => {
  const states = (["waiting", "running", "finished", "cancelled", "failed"] as const).map((state) => link({ state }));
  expect(states.filter(isFetching).map(({ state }) => state)).toEqual(["waiting", "running"]);
});
