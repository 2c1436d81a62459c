// Files that are fetched by link, and how far that is.
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./http";
import type { Import } from "./types";

export const isFetching = ({ state }: Import) => state === "waiting" || state === "running";

/** One's own of the last day, the newest first. */
export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal }) => requestJson<Import[]>("GET", "/imports", { signal }),
  refetchInterval: ({ state }) => (state.data?.some(isFetching) ? 1_000 : false),
});

/** `key` is what this asking is called, so that it is one however often it is sent. */
export const createImport = (driveId: string, url: string, key: string) =>
  requestJson<Import>("POST", `/drives/${driveId}/imports`, { body: { url }, headers: { "idempotency-key": key } });
export const cancelImport = (id: string) => requestJson<Import>("POST", `/imports/${id}/cancel`);
