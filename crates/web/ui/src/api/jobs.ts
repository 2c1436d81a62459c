// Jobs: the queue's numbers, the list, and the two things a person can do about one.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, query } from "./http";
import type { Job, Page, QueueCounts } from "./types";

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: async ({ signal }) => byKind(await call<QueueAnswer>("GET", "/queue", { signal })),
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

export const retryJob = (id: string) => call<unknown>("POST", `/jobs/${id}/retry`);
export const cancelJob = (id: string) => call<unknown>("POST", `/jobs/${id}/cancel`);

type QueueAnswer = QueueCounts[] | { queues: QueueCounts[] } | Record<string, Omit<QueueCounts, "kind">>;

/** The queues as a list, also when the answer is an object by kind as the processor's is. */
export function byKind(answer: QueueAnswer): QueueCounts[] {
  if (Array.isArray(answer)) return answer;
  if ("queues" in answer && Array.isArray(answer.queues)) return answer.queues;
  return Object.entries(answer as Record<string, Omit<QueueCounts, "kind">>).map(([kind, counts]) => ({ ...counts, kind }));
}
