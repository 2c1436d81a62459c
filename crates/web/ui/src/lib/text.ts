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

/** Pages of the Markdown begin with `<!-- page: N -->`; the anchor stays in the text, because it is part of what is copied. */
export function splitMarkdown(text: string): TextBlock[] {
  const parts = text.split(/^(?=<!-- page: \d+ -->)/m).filter((part) => part.trim() !== "");
  return parts.flatMap((part, index) => blocks(part, Number(/^<!-- page: (\d+) -->/.exec(part)?.[1] ?? index + 1)));
}

/** The numbers of the pages that occur, in order. */
export const pageNumbers = (all: TextBlock[]) => all.filter((block) => block.first).map((block) => block.page);

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

// A line can be the whole file (minified JSON): cut it, or one block is megabytes.
function cutLine(line: string): string[] {
  if (line.length <= CHARACTERS_PER_BLOCK) return [line];
  const parts: string[] = [];
  for (let at = 0; at < line.length; at += CHARACTERS_PER_BLOCK) parts.push(line.slice(at, at + CHARACTERS_PER_BLOCK));
  return parts;
}
