// What events do to what is shown: patch the state at once, then look again, at most a few times a second.
import { QueryClient, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { createContext, useContext, useEffect } from "react";
import { createStore, useStore } from "../lib/store";
import { getFile, isFinal } from "./files";
import { Realtime } from "./realtime";
import type { LiveEvent, Page, Progress, StoredFile } from "./types";

const LOOK_AGAIN_MS = 350;

export interface Live {
  realtime: Realtime;
  progress: ReturnType<typeof createStore<Record<string, Progress>>>;
}

export const LiveContext = createContext<Live | null>(null);

export function createLive(client: QueryClient, url: string): Live {
  const progress = createStore<Record<string, Progress>>({});
  const lists = new Set<string>();
  const files = new Set<string>();
  let timer = 0;

  const lookAgain = () => {
    if (!timer) timer = window.setTimeout(flush, LOOK_AGAIN_MS);
  };
  const flush = () => {
    timer = 0;
    for (const drive of lists) void client.invalidateQueries({ queryKey: ["files", drive] });
    if (lists.size) void client.invalidateQueries({ queryKey: ["drives"] });
    // A few files are asked for one by one, because a list can be long; many are cheaper as a list.
    if (files.size > 8) void client.invalidateQueries({ queryKey: ["files"] });
    for (const id of files) {
      if (files.size <= 8) void refreshFile(client, id);
      void client.invalidateQueries({ queryKey: ["file", id] });
    }
    lists.clear();
    files.clear();
  };

  const event = ({ kind, driveId, fileId, data }: LiveEvent) => {
    switch (kind) {
      case "file.progress":
        if (fileId) {
          progress.set((all) => ({ ...all, [fileId]: data as unknown as Progress }));
          patchFile(client, fileId, (file) => (file.status === "pending" ? { ...file, status: "processing" } : file));
        }
        return;
      case "file.status":
        if (fileId) {
          const status = data["status"] as StoredFile["status"] | undefined;
          if (status) patchFile(client, fileId, (file) => ({ ...file, status }));
          if (status && isFinal(status)) progress.set((all) => without(all, fileId));
          files.add(fileId);
        }
        break;
      case "file.created":
      case "file.updated":
      case "file.deleted":
        if (driveId) lists.add(driveId);
        if (fileId && kind === "file.updated") files.add(fileId);
        break;
    }
    lookAgain();
  };
  const resync = () => void client.invalidateQueries();
  return { realtime: new Realtime(url, { event, resync }), progress };
}

function without(all: Record<string, Progress>, id: string): Record<string, Progress> {
  const rest = { ...all };
  delete rest[id];
  return rest;
}

/** Changes a file wherever it is shown: on its page and in every list. */
export function patchFile(client: QueryClient, id: string, change: (file: StoredFile) => StoredFile): void {
  client.setQueryData<StoredFile>(["file", id], (file) => file && change(file));
  client.setQueriesData<InfiniteData<Page<StoredFile>>>({ queryKey: ["files"] }, (list) => {
    if (!list?.pages.some((page) => page.items.some((file) => file.id === id))) return list;
    const pages = list.pages.map((page) => ({
      ...page,
      items: page.items.map((file) => (file.id === id ? change(file) : file)),
    }));
    return { ...list, pages };
  });
}

/** Asks for one file and puts the answer wherever it is shown. */
export async function refreshFile(client: QueryClient, id: string): Promise<StoredFile | null> {
  try {
    const fresh = await getFile(id);
    patchFile(client, id, () => fresh);
    return fresh;
  } catch {
    // Gone or unreachable: the lists are asked for again by their own clocks.
    return null;
  }
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveContext");
  return live;
}

export const useConnection = () => useStore(useLive().realtime.connection);
export const useProgress = (fileId: string): Progress | null => useStore(useLive().progress)[fileId] ?? null;

/** Follows a room while the caller is shown. */
export function useRoom(room: string | null): void {
  const { realtime } = useLive();
  useEffect(() => (room ? realtime.join(room) : undefined), [realtime, room]);
}

/** A slow clock behind the events: with the socket gone, lists are asked for again anyway. */
export function usePollingFallback(): void {
  const client = useQueryClient();
  const connection = useConnection();
  useEffect(() => {
    if (connection === "open") return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ["files"] }), 4_000);
    return () => clearInterval(timer);
  }, [client, connection]);
}
