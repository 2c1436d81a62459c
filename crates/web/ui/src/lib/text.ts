// Cuts a file's text into blocks small enough to be drawn one by one.

export interface TextBlock {
  page: number;
  /** True for the block a page begins with. */
  first: boolean;
  text: string;
}

const LINES_PER_BLOCK = 40;
const CHARACTERS_PER_BLOCK = 6_000;

/** Pages of the plain text are separated by a form feed (U+000C). */
export function splitPlain(text: string): TextBlock[] {
  return text.split("\f").flatMap((page, index) => blocks(page, index + 1));
}

/**
 * Pages of the Markdown begin with `<!-- page: N -->`; the anchor stays in the text, because it is part of what is
 * copied.
 */
export function splitMarkdown(text: string): TextBlock[] {
  const parts = text.split(/^(?=<!-- page: \d+ -->)/m).filter((part) => part.trim() !== "");
  return parts.flatMap((part, index) => blocks(part, Number(/^<!-- page: (\d+) -->/.exec(part)?.[1] ?? index + 1)));
}

/**
 * Pages of the Markdown for drawing it: cut between paragraphs, lists, tables and fenced code, so that each block means
 * by itself what it means in the whole. A table of thousands of rows becomes several, each with the head of the first.
 * The anchors are left out.
 */
export function splitFormatted(text: string): TextBlock[] {
  const parts = text.split(/^(?=<!-- page: \d+ -->)/m).filter((part) => part.trim() !== "");
  return parts.flatMap((part, index) => {
    const page = Number(/^<!-- page: (\d+) -->/.exec(part)?.[1] ?? index + 1);
    return grouped(paragraphs(part.replace(/^<!-- page: \d+ -->\n?/, ""))).map((text, block) => ({
      page,
      first: block === 0,
      text,
    }));
  });
}

/** The numbers of the pages that occur, in order. */
export const pageNumbers = (all: TextBlock[]) => all.filter((block) => block.first).map((block) => block.page);

/** What is said of pages whose text was recognised, by their numbers. */
export function confidenceByPage(pages: { page: number; confidence?: number | null }[]): Map<number, string> {
  const known = pages.flatMap(({ page, confidence }) => (confidence == null ? [] : [[page, confidence] as const]));
  return new Map(known.map(([page, confidence]) => [page, `recognised, ${confidence} % sure`]));
}

function blocks(pageText: string, page: number): TextBlock[] {
  const found: TextBlock[] = [];
  let lines: string[] = [];
  let size = 0;
  const flush = () => {
    found.push({ page, first: found.length === 0, text: lines.join("\n") });
    lines = [];
    size = 0;
  };
  for (const line of pageText.replace(/\n+$/, "").split("\n").flatMap(cutLine)) {
    if (lines.length > 0 && (lines.length >= LINES_PER_BLOCK || size + line.length > CHARACTERS_PER_BLOCK)) flush();
    lines.push(line);
    size += line.length;
  }
  flush();
  return found;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * What stands between blank lines. Fenced code is one piece with the blank lines in it; what is indented belongs to the
 * list item before.
 */
function paragraphs(text: string): string[] {
  const found: string[][] = [];
  let open: string[] = [];
  let fence = "";
  let gap = true;
  for (const line of text.split("\n").flatMap(cutLine)) {
    if (fence) {
      open.push(line);
      if (line.trim().startsWith(fence) && line.trim().replaceAll(fence.charAt(0), "") === "") fence = "";
      continue;
    }
    if (line.trim() === "") {
      gap = true;
      continue;
    }
    if (found.length > 0 && (!gap || /^(\s{2,}|\t)\S/.test(line))) open.push(...(gap ? ["", line] : [line]));
    else found.push((open = [line]));
    gap = false;
    fence = FENCE.exec(line)?.[1] ?? "";
  }
  return found.flatMap(cutTable);
}

function cutTable(lines: string[]): string[] {
  const [head, rule] = lines;
  if (
    lines.length <= LINES_PER_BLOCK ||
    head === undefined ||
    rule === undefined ||
    !head.includes("|") ||
    !TABLE_RULE.test(rule)
  )
    return [lines.join("\n")];
  const tables: string[] = [];
  for (let at = 2; at < lines.length; at += LINES_PER_BLOCK)
    tables.push([head, rule, ...lines.slice(at, at + LINES_PER_BLOCK)].join("\n"));
  return tables;
}

/**
 * Pieces together until a block is large enough. A list with blank lines between its items stays together as long as it
 * fits.
 */
function grouped(pieces: string[]): string[] {
  const groups: string[] = [];
  let size = Infinity;
  for (const piece of pieces) {
    if (size + piece.length > CHARACTERS_PER_BLOCK / 2) {
      groups.push(piece);
      size = 0;
    } else groups[groups.length - 1] += `\n\n${piece}`;
    size += piece.length;
  }
  return groups.length > 0 ? groups : [""];
}

// A line can be the whole file (minified JSON): cut it, or one block is megabytes.
function cutLine(line: string): string[] {
  if (line.length <= CHARACTERS_PER_BLOCK) return [line];
  const parts: string[] = [];
  for (let at = 0; at < line.length; at += CHARACTERS_PER_BLOCK) parts.push(line.slice(at, at + CHARACTERS_PER_BLOCK));
  return parts;
}
