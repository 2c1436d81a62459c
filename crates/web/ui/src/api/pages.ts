// Lists that are plain arrays: where the next page begins stands in the header Link.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { request } from "./http";

interface ArrayPage<T> {
  items: T[];
  /** The query string of the next page; empty on the last. */
  next: string;
}

/** The query string of the next page out of `<?limit=…&cursor=…>; rel="next"`; empty without one. */
export const nextPage = (link: string | null): string => /^<(\?[^>]*)>; rel="next"$/.exec(link ?? "")?.[1] ?? "";

async function requestPage<T>(path: string, query: string, signal: AbortSignal): Promise<ArrayPage<T>> {
  const response = await request("GET", path + query, { signal });
  return { items: (await response.json()) as T[], next: nextPage(response.headers.get("link")) };
}

/** A list page by page, as somebody asks for more. */
export const pagesQuery = <T>(queryKey: string[], path: string) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => requestPage<T>(path, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next || undefined,
  });

/** The whole of a list that one person cannot make long. */
export async function requestAll<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let query = "";
  do {
    const { items, next } = await requestPage<T>(path, query, signal);
    all.push(...items);
    query = next;
  } while (query);
  return all;
}
