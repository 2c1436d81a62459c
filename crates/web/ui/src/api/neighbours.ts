// The files before and after one, in the order of the list that it was opened from. Of a file that was opened by its
// address there is no list.
import { useQueryClient, type InfiniteData } from "@tanstack/react-query";
import type { Page, StoredFile } from "./types";

export interface Neighbours {
  previous: StoredFile | null;
  next: StoredFile | null;
}

export function useNeighbours(file: StoredFile): Neighbours {
  const lists = useQueryClient()
    .getQueryCache()
    .findAll({ queryKey: ["files", file.driveId] })
    .sort((one, other) => other.state.dataUpdatedAt - one.state.dataUpdatedAt);
  for (const { state } of lists) {
    const files = (state.data as InfiniteData<Page<StoredFile>> | undefined)?.pages.flatMap((page) => page.items) ?? [];
    const at = files.findIndex(({ id }) => id === file.id);
    if (at >= 0) return { previous: files[at - 1] ?? null, next: files[at + 1] ?? null };
  }
  return { previous: null, next: null };
}
