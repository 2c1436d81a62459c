// Drives: the spaces files live in.
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./http";
import { requestAll } from "./pages";
import type { Drive } from "./types";

export const drivesQuery = queryOptions({
  queryKey: ["drives"],
  queryFn: ({ signal }) => requestAll<Drive>("/drives", signal),
  staleTime: 30_000,
});

export const createDrive = (name: string) => requestJson<Drive>("POST", "/drives", { body: { name } });
export const renameDrive = (id: string, name: string) =>
  requestJson<Drive>("PATCH", `/drives/${id}`, { body: { name } });
export const deleteDrive = (id: string) => requestJson<void>("DELETE", `/drives/${id}`);
