// Holds the live connection of a visit, and lets components follow rooms, progress and the connection itself.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { createLive, type Live } from "../api/live";
import type { Progress } from "../api/types";
import { useStore } from "../lib/store";

const POLL_EVERY_MS = 4_000;

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const live = useMemo(
    () => createLive(client, `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`),
    [client],
  );
  useEffect(() => {
    live.realtime.start();
    return () => live.realtime.stop();
  }, [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider");
  return live;
}

export const useConnection = () => useStore(useLive().realtime.connection);
export const useProgress = (fileId: string): Progress | null => useStore(useLive().progress)[fileId] ?? null;

/** Follows a room while the caller is shown. */
export function useRoom(room: string | null): void {
  const { realtime } = useLive();
  useEffect(() => (room ? realtime.join(room) : undefined), [realtime, room]);
}

/** A slow clock behind the events: with the connection gone, lists are asked for again anyway. */
export function usePollingFallback(): void {
  const client = useQueryClient();
  const connection = useConnection();
  useEffect(() => {
    if (connection === "open") return;
    const timer = setInterval(() => void client.invalidateQueries({ queryKey: ["files"] }), POLL_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, connection]);
}
