// Files, their artifacts and their text.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiError, requestJson, queryString, request } from "./http";
import type {
  Artifact,
  BulkAction,
  BulkChange,
  ExportFormat,
  Job,
  Limits,
  Page,
  PageSpan,
  Preset,
  QueuedArtifact,
  StoredFile,
} from "./types";

export interface FileFilter {
  q: string;
  status: string;
  type: string;
  sort: string;
  trashed: boolean;
}

export const isFinal = (status: StoredFile["status"]) => status !== "pending" && status !== "processing";

export const filesQuery = (driveId: string, filter: FileFilter) =>
  infiniteQueryOptions({
    queryKey: ["files", driveId, filter],
    queryFn: ({ pageParam, signal }) =>
      requestJson<Page<StoredFile>>(
        "GET",
        `/drives/${driveId}/files${queryString({ ...filter, cursor: pageParam, limit: 100 })}`,
        {
          signal,
        },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    staleTime: 10_000,
  });

export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id],
    queryFn: ({ signal }) => getFile(id, signal),
    // Events say "look again"; asking from time to time makes sure that a lost one is no harm.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : 2_000),
  });

export const fileJobsQuery = (id: string, busy: boolean) =>
  queryOptions({
    queryKey: ["file", id, "jobs"],
    queryFn: ({ signal }) => requestJson<Job[]>("GET", `/files/${id}/jobs`, { signal }),
    refetchInterval: busy ? 2_000 : false,
  });

export const attachmentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id, "attachments"],
    queryFn: ({ signal }) => requestJson<StoredFile[]>("GET", `/files/${id}/attachments`, { signal }),
    // They become files a moment after the mail is read.
    refetchInterval: ({ state }) => (state.data?.length === 0 && state.dataUpdateCount < 10 ? 3_000 : false),
  });

export type TextFormat = "plain" | "markdown";

/** How long until a text is asked for again that was lost and is being read again; false for every other failure. */
export const readAgainMs = (error: unknown): number | false =>
  error instanceof ApiError && error.code === "being-read-again" ? (error.retryAfterMs ?? 2_000) : false;

export const textQuery = (id: string, format: TextFormat) =>
  queryOptions({
    queryKey: ["file", id, "text", format],
    queryFn: async ({ signal }) =>
      (await request("GET", `/files/${id}/text${queryString({ format })}`, { signal })).text(),
    // An event tells when it is there; asking from time to time makes sure that a lost one is no harm.
    refetchInterval: ({ state }) => readAgainMs(state.error),
    staleTime: 300_000,
  });

/** Where each page lies in the plain text, and how sure text recognition was of it. */
export const pageIndexQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id, "pages"],
    queryFn: ({ signal }) => requestJson<PageSpan[]>("GET", `/files/${id}/pages`, { signal }),
    staleTime: 300_000,
  });

export const presetsQuery = queryOptions({
  queryKey: ["presets"],
  queryFn: ({ signal }) => requestJson<Preset[]>("GET", "/presets", { signal }),
  staleTime: Infinity,
});

export const limitsQuery = queryOptions({
  queryKey: ["limits"],
  queryFn: ({ signal }) => requestJson<Limits>("GET", "/limits", { signal }),
  // What is free changes.
  staleTime: 60_000,
});

export const getFile = (id: string, signal?: AbortSignal) => requestJson<StoredFile>("GET", `/files/${id}`, { signal });
export const renameFile = (id: string, name: string) =>
  requestJson<StoredFile>("PATCH", `/files/${id}`, { body: { name } });

/** All files of a list, those too that were not loaded. */
export interface WholeList {
  driveId: string;
  filter: FileFilter;
}

/** So many files are named in one request. */
const MOST_FILES = 1000;

/** The same done to files, or to a whole list; how many of them it changed. */
export async function changeFiles(
  files: StoredFile[] | WholeList,
  action: BulkAction,
  driveId?: string,
): Promise<number> {
  const post = async (chosen: Pick<BulkChange, "ids" | "filter">) =>
    (await requestJson<{ changed: number }>("POST", "/files/bulk", { body: { ...chosen, action, driveId } })).changed;
  if (!Array.isArray(files)) {
    const { q, status, type, trashed } = files.filter;
    return post({ filter: { driveId: files.driveId, q, status, type, trashed } });
  }
  let changed = 0;
  for (let start = 0; start < files.length; start += MOST_FILES)
    changed += await post({ ids: files.slice(start, start + MOST_FILES).map(({ id }) => id) });
  return changed;
}

export const makePreset = (id: string, preset: string) =>
  requestJson<Artifact | QueuedArtifact>("POST", `/files/${id}/artifacts`, { body: { preset } });

/** So many files are named in the address of a zip. */
export const MOST_ZIPPED = 200;

/** The originals of files of a drive, or of a whole list, as one zip. */
export function zipUrl(files: StoredFile[] | WholeList): string {
  const driveId = Array.isArray(files) ? files[0]?.driveId : files.driveId;
  const chosen = Array.isArray(files) ? { ids: files.map(({ id }) => id).join(",") } : { ...files.filter, sort: "" };
  return `/api/v1/drives/${driveId}/zip${queryString(chosen)}`;
}

export const exportUrl = (id: string, format: ExportFormat) => `/api/v1/files/${id}/export${queryString({ format })}`;
export const chunksUrl = (id: string) => `/api/v1/files/${id}/chunks`;
export const originalUrl = (id: string) => `/api/v1/files/${id}/original`;
export const artifactUrl = (file: StoredFile, name: string) =>
  file.artifacts.find((artifact) => artifact.name === name)?.url ?? null;
