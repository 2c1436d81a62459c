// The uploads of a visit, put together: what they tell the rest of the interface, what outlives the page, and what is
// taken up again after a reload. Received files are kept up to date until they are processed.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { pollFile } from "../api/fileCache";
import { isFinal, limitsQuery } from "../api/files";
import type { StoredFile } from "../api/types";
import { forget, keep } from "../api/uploads/kept";
import { createKnower } from "../api/uploads/known";
import { Uploads, type Handlers } from "../api/uploads/queue";
import { endKept, keptOf, restoreUploads } from "../api/uploads/restore";
import { isUnsent } from "../api/uploads/upload";
import { showTab } from "../lib/tab";
import { useConnection } from "./LiveProvider";
import { useInbox } from "./UploadsProvider";

const POLL_EVERY_MS = 2_500;
const POLL_OFFLINE_EVERY_MS = 1_200;
const MAX_POLLED_FILES = 8;
/** How soon it is looked again whether what was sent elsewhere still is. */
const LOOK_AGAIN_MS = 20_000;

export function useUploadEngine(userId: string): Uploads {
  const client = useQueryClient();
  const uploads = useMemo(() => newUploads(client, userId), [client, userId]);
  const limits = useQuery(limitsQuery).data;
  useEffect(() => {
    if (limits) uploads.limitTo(limits.maxUploadBytes);
  }, [uploads, limits]);
  useRestored(uploads, userId);
  useGiven(uploads);
  useNetwork(uploads);
  useFreshFiles(uploads, client);
  return uploads;
}

function newUploads(client: QueryClient, userId: string): Uploads {
  const handlers: Handlers = {
    received: (file) => {
      void client.invalidateQueries({ queryKey: ["files", file.driveId] });
      void client.invalidateQueries({ queryKey: ["drives"] });
    },
    keep: (all) =>
      void keep(all.filter(({ handle, remoteId }) => handle ?? remoteId).map((one) => keptOf(one, userId))),
    forget: (all) => void forget(all.map(({ key }) => key)),
    end: (upload) => void endKept(upload, userId),
  };
  return new Uploads(handlers, createKnower());
}

function useRestored(uploads: Uploads, userId: string): void {
  useEffect(() => {
    showTab();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const look = async () => {
      const isHere = (what: string) => !!uploads.list.first(({ key, remoteId }) => key === what || remoteId === what);
      const restored = await restoreUploads(userId, isHere).catch(() => null);
      if (isGone) return;
      if (restored?.uploads.length) uploads.restore(restored.uploads);
      // Something may be sent elsewhere and not be any more, or the server could not be asked.
      if (restored?.isMore !== false) timer = setTimeout(() => void look(), LOOK_AGAIN_MS);
    };
    void look();
    return () => {
      isGone = true;
      clearTimeout(timer);
      uploads.dispose();
    };
  }, [uploads, userId]);
}

/** What was dropped, pasted or chosen, also before any of this was loaded. */
function useGiven(uploads: Uploads): void {
  const inbox = useInbox();
  useEffect(() => {
    const take = () => {
      const given = inbox.get();
      if (given.length === 0) return;
      inbox.set([]);
      for (const { driveId, files } of given) uploads.add(driveId, files);
    };
    take();
    return inbox.subscribe(take);
  }, [uploads, inbox]);
}

function useNetwork(uploads: Uploads): void {
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      if (uploads.list.get().some(isUnsent)) event.preventDefault();
    };
    const [offline, online] = [() => uploads.goOffline(), () => uploads.goOnline()];
    window.addEventListener("beforeunload", leave);
    window.addEventListener("offline", offline);
    window.addEventListener("online", online);
    if (navigator.onLine === false) offline();
    return () => {
      window.removeEventListener("beforeunload", leave);
      window.removeEventListener("offline", offline);
      window.removeEventListener("online", online);
    };
  }, [uploads]);
}

function useFreshFiles(uploads: Uploads, client: QueryClient): void {
  const connection = useConnection();
  // The events come first; polling only makes sure that a lost one leaves nothing unfinished for ever.
  useEffect(() => {
    const poll = async () => {
      for (const { id } of unfinishedFiles(uploads).slice(0, MAX_POLLED_FILES)) {
        const fresh = await pollFile(client, id);
        if (fresh) uploads.update(fresh);
      }
    };
    const timer = setInterval(() => void poll(), connection === "open" ? POLL_EVERY_MS : POLL_OFFLINE_EVERY_MS);
    return () => clearInterval(timer);
  }, [uploads, client, connection]);

  // What the lists and file pages are told, the tray is told too.
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        if (type !== "updated" || (query.queryKey[0] !== "file" && query.queryKey[0] !== "files")) return;
        const unfinished = new Map(unfinishedFiles(uploads).map(({ id, status }) => [id, status]));
        if (unfinished.size === 0) return;
        for (const fresh of filesIn(query.state.data)) {
          const status = unfinished.get(fresh.id);
          if (status && status !== fresh.status) uploads.update(fresh);
        }
      }),
    [uploads, client],
  );
}

const unfinishedFiles = (uploads: Uploads): StoredFile[] =>
  uploads.list.get().flatMap(({ file }) => (file && !isFinal(file.status) ? [file] : []));

function filesIn(data: unknown): StoredFile[] {
  if (!data || typeof data !== "object") return [];
  if ("pages" in data && Array.isArray(data.pages))
    return data.pages.flatMap((page: { items?: StoredFile[] }) => page.items ?? []);
  return "status" in data && "id" in data ? [data as StoredFile] : [];
}
