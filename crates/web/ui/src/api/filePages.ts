// The pages of a file as they are seen: how large they are, their pictures, and where their words stand.
import { queryOptions } from "@tanstack/react-query";
import { inTurn } from "../lib/fewAtOnce";
import { ApiError, queryString, request, requestJson } from "./http";
import type { PageSize, PageWords } from "./types";

/** Until the next try when a picture is still being made, and how often. */
const RETRY_MS = 2_000;
const MOST_RETRIES = 10;
/** Pictures of this width are those of the strip, which nobody waits for. */
const SMALLEST = 320;

const isPassing = (error: unknown) => error instanceof ApiError && (error.status === 503 || error.status === 429);

const retry = (count: number, error: unknown) => count < MOST_RETRIES && isPassing(error);
const retryDelay = (_: number, error: unknown) => (error instanceof ApiError && error.retryAfterMs) || RETRY_MS;

export const pageSizesQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id, "page-sizes"],
    queryFn: ({ signal }) => requestJson<PageSize[]>("GET", `/files/${id}/pages/sizes`, { signal }),
    staleTime: Infinity,
    retry,
    retryDelay,
  });

/** Nothing for a page whose words nobody knows the places of. */
export const pageWordsQuery = (id: string, page: number) =>
  queryOptions({
    queryKey: ["file", id, "page-words", page],
    queryFn: async ({ signal }) => {
      try {
        return await requestJson<PageWords>("GET", `/files/${id}/pages/${page}/words`, { signal });
      } catch (error) {
        if (error instanceof ApiError && !isPassing(error)) return null;
        throw error;
      }
    },
    staleTime: 300_000,
    retry,
    retryDelay,
  });

/** A page's picture. What nobody has looked at for a minute is asked for again, and the browser may still have it. */
export const pageImageQuery = (id: string, page: number, width: number) =>
  queryOptions({
    queryKey: ["file", id, "page-image", page, width],
    queryFn: ({ signal }) =>
      inTurn(width > SMALLEST, signal, async () =>
        (await request("GET", `/files/${id}/pages/${page}/image${queryString({ width })}`, { signal })).blob(),
      ),
    staleTime: Infinity,
    gcTime: 60_000,
    retry,
    retryDelay,
  });
