// Jobs: the queue's numbers, the list, and the two things a person can do about one.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, query } from "./http";
import type { Job, Page, QueueCounts } from "./types";

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: ({ signal }) => call<QueueCounts[]>("GET", "/queue", { signal }),
  refetchInterval: 2_000,
});

export const jobsQuery = (filter: { status: string; kind: string }) =>
  infiniteQueryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Job>>("GET", `/jobs${query({ ...filter, cursor: pageParam })}`, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    refetchInterval: 3_000,
  });

export const retryJob = (id: string) => call<Job>("POST", `/jobs/${id}/retry`);
export const cancelJob = (id: string) => call<Job>("POST", `/jobs/${id}/cancel`);
