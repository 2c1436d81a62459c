import { expect, test } from "vitest";
import { pageNumbers, splitMarkdown, splitPlain } from "../src/lib/text";

const joined = (blocks: { text: string }[]) => blocks.map(({ text }) => text).join("\n");

test("pages of plain text are separated by form feeds", () => {
  const blocks = splitPlain("one\n\ftwo\n\f\fthree");
  expect(blocks.map(({ page, text }) => [page, text])).toEqual([[1, "one"], [2, "two"], [3, ""], [4, "three"]]);
  expect(pageNumbers(blocks)).toEqual([1, 2, 3, 4]);
});

test("a long page becomes many blocks, of which only the first begins it", () => {
  const page = Array.from({ length: 95 }, (_, index) => `line ${index}`).join("\n");
  const blocks = splitPlain(page);
  expect(blocks.map(({ first }) => first)).toEqual([true, false, false]);
  expect(joined(blocks)).toBe(page);
});

test("one endless line is cut and nothing of it is lost", () => {
  const line = "x".repeat(20_000);
  const blocks = splitPlain(line);
  expect(blocks.length).toBe(4);
  expect(blocks.map(({ text }) => text).join("")).toBe(line);
});

test("Markdown keeps its page anchors", () => {
  const blocks = splitMarkdown("<!-- page: 1 -->\n# One\n\n<!-- page: 7 -->\nSeven\n");
  expect(blocks.map(({ page }) => page)).toEqual([1, 7]);
  expect(blocks[1]?.text).toBe("<!-- page: 7 -->\nSeven");
});

test("Markdown without anchors is one page", () => {
  expect(splitMarkdown("# Notes\n\nWords").map(({ page, first }) => [page, first])).toEqual([[1, true]]);
});
