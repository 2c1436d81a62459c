// Holds the visit's uploads and keeps the received ones up to date until they are processed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { pollFile } from "../api/fileCache";
import { isFinal, limitsQuery } from "../api/files";
import type { StoredFile } from "../api/types";
import { isUnsent, Uploads } from "../api/uploads";
import { useConnection } from "./LiveProvider";

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

  // The events come first; this clock only makes sure that a lost one leaves nothing standing for ever.
  useEffect(() => {
    const look = async () => {
      const open = uploads.list.get().flatMap(({ file }) => (file && !isFinal(file.status) ? [file.id] : []));
      for (const id of open.slice(0, 8)) {
        const fresh = await pollFile(client, id);
        if (fresh) uploads.update(fresh);
      }
    };
    const timer = setInterval(() => void look(), connection === "open" ? 2_500 : 1_200);
    return () => clearInterval(timer);
  }, [uploads, client, connection]);

  // What the lists and file pages learn, the tray learns too.
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        if (type !== "updated" || (query.queryKey[0] !== "file" && query.queryKey[0] !== "files")) return;
        const waiting = new Map(
          uploads.list.get().flatMap(({ file }) => (file && !isFinal(file.status) ? [[file.id, file]] : [])),
        );
        if (waiting.size === 0) return;
        for (const fresh of filesIn(query.state.data)) {
          const known = waiting.get(fresh.id);
          if (known && known.status !== fresh.status) uploads.update(fresh);
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

function filesIn(data: unknown): StoredFile[] {
  if (!data || typeof data !== "object") return [];
  if ("pages" in data && Array.isArray(data.pages))
    return data.pages.flatMap((page: { items?: StoredFile[] }) => page.items ?? []);
  return "status" in data && "id" in data ? [data as StoredFile] : [];
}
