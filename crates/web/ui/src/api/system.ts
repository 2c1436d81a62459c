// How the whole suite is. For administrators.
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./http";
import type { System } from "./types";

// The programs report and the worker looks every ten seconds; asking a little more often shows each look soon.
export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => requestJson<System>("GET", "/system", { signal }),
  refetchInterval: 5_000,
});
