// Jobs: the queue's numbers, the list, what a person can do about one, and what an administrator can do about many.
import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import { requestJson, queryString } from "./http";
import type { FailureGroup, Job, Page, QueueCounts } from "./types";

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: ({ signal }) => requestJson<QueueCounts[]>("GET", "/queue", { signal }),
  refetchInterval: 2_000,
});

export const jobsQuery = (filter: { status: string; kind: string }) =>
  infiniteQueryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ pageParam, signal }) =>
      requestJson<Page<Job>>("GET", `/jobs${queryString({ ...filter, cursor: pageParam })}`, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    refetchInterval: 3_000,
  });

/** Why jobs failed. For administrators. */
export const failuresQuery = queryOptions({
  queryKey: ["jobs", "failures"],
  queryFn: ({ signal }) => requestJson<FailureGroup[]>("GET", "/jobs/failures", { signal }),
  refetchInterval: 5_000,
});

export const retryAlike = ({ kind, code }: FailureGroup) =>
  requestJson<{ retried: number }>("POST", "/jobs/retry", { body: { kind, code } });
export const pauseKind = (kind: string) => requestJson<QueueCounts>("POST", `/queue/${kind}/pause`);
export const resumeKind = (kind: string) => requestJson<QueueCounts>("POST", `/queue/${kind}/resume`);
export const retryJob = (id: string) => requestJson<Job>("POST", `/jobs/${id}/retry`);
export const cancelJob = (id: string) => requestJson<Job>("POST", `/jobs/${id}/cancel`);

/** What changes a job may change the queue's numbers and the file it is about. */
export function invalidateJobs(client: QueryClient): void {
  for (const name of ["jobs", "queue", "file", "files"]) void client.invalidateQueries({ queryKey: [name] });
}
