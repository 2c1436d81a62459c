// What live events do to the query cache: patch what they tell at once, then refetch, at most a few times a second.
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { createStore, type Store } from "../lib/store";
import { patchFile, refreshFile } from "./fileCache";
import { isFinal } from "./files";
import { Realtime } from "./realtime";
import { systemQuery } from "./system";
import type { LiveEvent, Progress, StoredFile } from "./types";

const REFETCH_DELAY_MS = 350;
/** So many files are asked for one by one, because a list can be long; more are cheaper as a list. */
const MAX_SINGLE_FILES = 8;

/** How far the work on each file is, by the file's id. */
type ProgressByFile = Record<string, Progress>;

export interface Live {
  realtime: Realtime;
  progress: Store<ProgressByFile>;
}

export function createLive(client: QueryClient, url: string): Live {
  const progress = createStore<ProgressByFile>({});
  const stale = new StaleQueries(client);

  const showProgress = (fileId: string, data: LiveEvent["data"]) => {
    progress.set((all) => ({ ...all, [fileId]: data as unknown as Progress }));
    patchFile(client, fileId, (file) => (file.status === "pending" ? { ...file, status: "processing" } : file));
  };
  const showStatus = (fileId: string, data: LiveEvent["data"]) => {
    const status = data["status"] as StoredFile["status"] | undefined;
    if (status) patchFile(client, fileId, (file) => ({ ...file, status }));
    if (status && isFinal(status)) progress.set((all) => without(all, fileId));
  };
  // One event may be about many files, and names them only while they are few.
  const several = (driveId: string | undefined, fileId: string | undefined, data: LiveEvent["data"]) => {
    const ids = fileId ? [fileId] : (data["fileIds"] as string[] | undefined);
    if (!ids) void client.invalidateQueries({ queryKey: ["file"] });
    for (const id of ids ?? [undefined]) stale.drive(driveId, id);
  };
  const event = ({ kind, driveId, fileId, data }: LiveEvent) => {
    switch (kind) {
      case "file.progress":
        if (fileId) showProgress(fileId, data);
        return;
      case "file.status":
        if (!fileId) return;
        showStatus(fileId, data);
        return stale.file(fileId);
      case "file.deleted":
        if (fileId) progress.set((all) => without(all, fileId));
        return several(driveId, fileId, data);
      case "file.created":
      case "file.updated":
        return several(driveId, fileId, data);
      case "alert.began":
      case "alert.ended":
        void client.invalidateQueries({ queryKey: systemQuery.queryKey });
        return;
    }
  };
  const resync = () => {
    // The event that ended some work may be among those that were missed; work that goes on says so again.
    progress.set({});
    void client.invalidateQueries();
  };
  return { realtime: new Realtime(url, { event, resync }), progress };
}

/** What events have made stale, gathered for a moment so that many events cost few requests. */
class StaleQueries {
  private drives = new Set<string>();
  private filesInDrives = new Set<string>();
  private files = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  /** A file's own state: it is asked for alone. */
  file(fileId: string): void {
    this.files.add(fileId);
    this.refetchSoon();
  }

  /** What a drive's list says: it is asked for, and the file's page if that is open. */
  drive(driveId: string | undefined, fileId: string | undefined): void {
    if (driveId) this.drives.add(driveId);
    if (fileId) this.filesInDrives.add(fileId);
    this.refetchSoon();
  }

  private refetchSoon(): void {
    this.timer ??= setTimeout(() => this.refetch(), REFETCH_DELAY_MS);
  }

  private refetch(): void {
    const { drives, filesInDrives, files } = this;
    this.timer = undefined;
    this.drives = new Set();
    this.filesInDrives = new Set();
    this.files = new Set();

    const isMany = files.size > MAX_SINGLE_FILES;
    if (isMany) this.invalidate(["files"]);
    else for (const drive of drives) this.invalidate(["files", drive]);
    if (drives.size > 0) this.invalidate(["drives"]);

    const single = isMany ? new Set<string>() : files;
    for (const id of new Set([...filesInDrives, ...files])) if (!single.has(id)) this.invalidate(["file", id]);
    for (const id of single) {
      this.invalidateParts(id);
      void refreshFile(this.client, id);
    }
  }

  private invalidate(queryKey: QueryKey): void {
    void this.client.invalidateQueries({ queryKey });
  }

  // Its jobs and its text, but not the file, which is asked for beside them.
  private invalidateParts(fileId: string): void {
    const queryKey = ["file", fileId];
    void this.client.invalidateQueries({ queryKey, predicate: (query) => query.queryKey.length > queryKey.length });
  }
}

function without(all: ProgressByFile, id: string): ProgressByFile {
  if (!(id in all)) return all;
  const rest = { ...all };
  delete rest[id];
  return rest;
}
