// Drives: the spaces files live in.
import { queryOptions } from "@tanstack/react-query";
import { call } from "./http";
import type { Drive, Page } from "./types";

export const drivesQuery = queryOptions({
  queryKey: ["drives"],
  queryFn: async ({ signal }) => {
    const answer = await call<Drive[] | Page<Drive>>("GET", "/drives", { signal });
    return Array.isArray(answer) ? answer : answer.items;
  },
  staleTime: 30_000,
});

export const createDrive = (name: string) => call<Drive>("POST", "/drives", { body: { name } });
export const renameDrive = (id: string, name: string) => call<Drive>("PATCH", `/drives/${id}`, { body: { name } });
export const deleteDrive = (id: string) => call<void>("DELETE", `/drives/${id}`);
