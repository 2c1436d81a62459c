import { expect, test } from "vitest";
import { confidenceByPage, pageNumbers, splitFormatted, splitMarkdown, splitPlain } from "../src/lib/text";

const joined = (blocks: { text: string }[]) => blocks.map(({ text }) => text).join("\n");

test("pages of plain text are separated by form feeds", () => {
  const blocks = splitPlain("one\n\ftwo\n\f\fthree");
  expect(blocks.map(({ page, text }) => [page, text])).toEqual([
    [1, "one"],
    [2, "two"],
    [3, ""],
    [4, "three"],
  ]);
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

test("what is drawn is cut between paragraphs, and code with blank lines stays whole", () => {
  const code = `\`\`\`\`text\n\`\`\`\n\n${"line\n\n".repeat(600)}\`\`\`\``;
  const long = "word ".repeat(700).trim();
  const blocks = splitFormatted(`<!-- page: 1 -->\n# One\n\n${long}\n\n${code}\n\nEnd\n<!-- page: 2 -->\nTwo\n`);
  expect(blocks.map(({ page, first, text }) => [page, first, text])).toEqual([
    [1, true, "# One"],
    [1, false, long],
    [1, false, code],
    [1, false, "End"],
    [2, true, "Two"],
  ]);
});

test("a list item keeps what is indented under it", () => {
  const list = "- one\n\n  more of one\n- two";
  expect(splitFormatted(list).map(({ text }) => text)).toEqual([list]);
});

test("a long table becomes tables with the same head, and no row is lost", () => {
  const rows = Array.from({ length: 100 }, (_, row) => `| ${row} | x |`);
  const blocks = splitFormatted(["| a | b |", "| --- | --- |", ...rows].join("\n"));
  const tables = blocks.flatMap(({ text }) => text.split("\n\n"));
  expect(tables.length).toBe(3);
  for (const table of tables) expect(table.startsWith("| a | b |\n| --- | --- |\n")).toBe(true);
  expect(tables.flatMap((table) => table.split("\n").slice(2))).toEqual(rows);
});

test("an empty page is drawn as one", () => {
  expect(splitFormatted("<!-- page: 1 -->\n<!-- page: 2 -->\nTwo").map(({ text }) => text)).toEqual(["", "Two"]);
});

test("a recognised page says how sure its words are, and no other does", () => {
  const said = confidenceByPage([{ page: 1 }, { page: 2, confidence: 93 }, { page: 3, confidence: null }]);
  expect([...said]).toEqual([[2, "recognised, 93 % sure"]]);
});
