// Drives: the spaces files live in.
import { queryOptions } from "@tanstack/react-query";
import { call } from "./http";
import type { Drive } from "./types";

export const drivesQuery = queryOptions({
  queryKey: ["drives"],
  queryFn: ({ signal }) => call<Drive[]>("GET", "/drives", { signal }),
  staleTime: 30_000,
});

export const createDrive = (name: string) => call<Drive>("POST", "/drives", { body: { name } });
export const renameDrive = (id: string, name: string) => call<Drive>("PATCH", `/drives/${id}`, { body: { name } });
export const deleteDrive = (id: string) => call<void>("DELETE", `/drives/${id}`);
