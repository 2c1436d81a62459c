// Reading files again: one, some, a drive's or everybody's, and how far that is.
import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { requestJson } from "./http";
import type { Reading, ReadingBegun, ReadingOcr, ReadingWhat } from "./types";

export interface ReadWish {
  what?: ReadingWhat;
  ocr?: ReadingOcr;
}

export const isUnderWay = ({ state }: Reading) => state === "waiting" || state === "running";

/** What is read again now, and was in the last hour. Everybody's to administrators. */
export const readingsQuery = queryOptions({
  queryKey: ["readings"],
  queryFn: ({ signal }) => requestJson<Reading[]>("GET", "/readings", { signal }),
  refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? 1_000 : 30_000),
});

export const readFile = (id: string, wish: ReadWish = {}) =>
  requestJson<ReadingBegun>("POST", `/files/${id}/read`, { body: wish });
export const readDrive = (id: string, wish: ReadWish & { fileIds?: string[] } = {}) =>
  requestJson<ReadingBegun>("POST", `/drives/${id}/read`, { body: wish });
export const readAll = (wish: ReadWish = {}) => requestJson<ReadingBegun>("POST", "/read", { body: wish });
export const cancelReading = (id: string) => requestJson<Reading>("POST", `/readings/${id}/cancel`);

export function invalidateReadings(client: QueryClient): void {
  for (const name of ["readings", "system", "file", "files"]) void client.invalidateQueries({ queryKey: [name] });
}
