// Searching all drives.
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { queryString, requestJson } from "./http";
import type { SearchResults } from "./types";

export interface SearchFilter {
  drive: string;
  type: string;
  /** How many days ago at most, or nothing. */
  days: string;
  /** `text`, `name` or nothing for everywhere. */
  in: string;
}

export const NO_FILTER: SearchFilter = { drive: "", type: "", days: "", in: "" };

const DAY_MS = 86_400_000;

/** From midnight, so that the same filter is the same question all day. */
function from(days: string): string {
  if (!days) return "";
  return new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - Number(days) * DAY_MS).toISOString();
}

export const searchQuery = (q: string, { drive, type, days, in: places }: SearchFilter) =>
  infiniteQueryOptions({
    queryKey: ["search", q, drive, type, days, places],
    // What was typed before is asked for no longer: the signal ends it.
    queryFn: ({ pageParam, signal }) =>
      requestJson<SearchResults>(
        "GET",
        `/search${queryString({ q, drive, type, from: from(days), in: places, cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    enabled: q.trim() !== "",
  });
