import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { failuresQuery, invalidateJobs, jobsQuery, queueQuery } from "../src/api/jobs";

test("what changes a job makes the queue, its lists and its file stale", () => {
  const client = new QueryClient();
  const stale = [
    queueQuery.queryKey,
    jobsQuery({ status: "failed", kind: "" }).queryKey,
    failuresQuery.queryKey,
    ["file", "f1"],
    ["file", "f1", "jobs"],
    ["files", "d1", {}],
  ];
  for (const key of [...stale, ["drives"]]) client.setQueryData<unknown>(key, {});
  invalidateJobs(client);
  expect(stale.map((key) => client.getQueryState(key)?.isInvalidated)).toEqual(stale.map(() => true));
  expect(client.getQueryState(["drives"])?.isInvalidated).toBe(false);
});
