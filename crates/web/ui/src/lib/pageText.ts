// A file's text by its pages.
import type { TextBlock } from "./text";

/** The blocks of each page, by its number. */
export function blocksByPage(blocks: TextBlock[]): Map<number, TextBlock[]> {
  const pages = new Map<number, TextBlock[]>();
  for (const block of blocks) {
    const page = pages.get(block.page);
    if (page) page.push(block);
    else pages.set(block.page, [block]);
  }
  return pages;
}
