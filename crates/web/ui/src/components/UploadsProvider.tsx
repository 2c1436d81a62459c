// Holds the visit's uploads and keeps the received ones up to date until they are processed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { pollFile } from "../api/fileCache";
import { isFinal, limitsQuery } from "../api/files";
import type { StoredFile } from "../api/types";
import { isUnsent, Uploads } from "../api/uploads";
import { useConnection } from "./LiveProvider";

const POLL_EVERY_MS = 2_500;
const POLL_OFFLINE_EVERY_MS = 1_200;
const MAX_POLLED_FILES = 8;

const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): Uploads {
  const uploads = useContext(UploadsContext);
  if (!uploads) throw new Error("useUploads needs an UploadsProvider");
  return uploads;
}

export function UploadsProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const limits = useQuery(limitsQuery).data;
  const connection = useConnection();
  const uploads = useMemo(
    () =>
      new Uploads({
        received: (file) => {
          void client.invalidateQueries({ queryKey: ["files", file.driveId] });
          void client.invalidateQueries({ queryKey: ["drives"] });
        },
      }),
    [client],
  );

  useEffect(() => {
    if (limits) uploads.limitTo(limits.maxUploadBytes);
  }, [uploads, limits]);

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

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.list.get().some(isUnsent)) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [uploads]);

  return <UploadsContext value={uploads}>{children}</UploadsContext>;
}

const unfinishedFiles = (uploads: Uploads): StoredFile[] =>
  uploads.list.get().flatMap(({ file }) => (file && !isFinal(file.status) ? [file] : []));

function filesIn(data: unknown): StoredFile[] {
  if (!data || typeof data !== "object") return [];
  if ("pages" in data && Array.isArray(data.pages))
    return data.pages.flatMap((page: { items?: StoredFile[] }) => page.items ?? []);
  return "status" in data && "id" in data ? [data as StoredFile] : [];
}
