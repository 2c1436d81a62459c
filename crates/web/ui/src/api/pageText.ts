// The text of a file, page by page: as it was set where that is known, else plain.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { splitFormatted, splitPlain, type TextBlock } from "../lib/text";
import { textQuery } from "./files";
import { ApiError } from "./http";
import type { StoredFile } from "./types";

export interface PageTexts {
  /** The blocks of each page, by its number. */
  pages: Map<number, TextBlock[]>;
  isFormatted: boolean;
  isPending: boolean;
  error: unknown;
}

export function usePageTexts(file: StoredFile): PageTexts {
  const has = file.status === "completed";
  const markdown = useQuery({ ...textQuery(file.id, "markdown"), enabled: has, retry: false });
  const isPlain = markdown.error instanceof ApiError && markdown.error.status === 404;
  const plain = useQuery({ ...textQuery(file.id, "plain"), enabled: has && isPlain });
  const { data, isPending, error } = isPlain ? plain : markdown;
  const pages = useMemo(
    () => blocksByPage(data === undefined ? [] : isPlain ? splitPlain(data) : splitFormatted(data)),
    [data, isPlain],
  );
  return { pages, isFormatted: !isPlain, isPending: has && isPending, error };
}

function blocksByPage(blocks: TextBlock[]): Map<number, TextBlock[]> {
  const pages = new Map<number, TextBlock[]>();
  for (const block of blocks) {
    const page = pages.get(block.page);
    if (page) page.push(block);
    else pages.set(block.page, [block]);
  }
  return pages;
}
