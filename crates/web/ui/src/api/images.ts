// Images that a file does not have yet, requested for when somebody looks.
import { useEffect } from "react";
import { hasImages } from "../lib/labels";
import { artifactUrl, isFinal, makePreset } from "./files";
import type { StoredFile } from "./types";

/** What was asked for: once is enough, whether it can be made or not. */
const requested = new Set<string>();

/** Asks for an image that a file can have and has not, after a while; an event tells when it is there. */
export function useMissingImage(file: StoredFile, preset: string, isWanted: boolean, afterMs: number) {
  const key = `${file.id} ${preset}`;
  const isMissing =
    isWanted && hasImages(file) && isFinal(file.status) && file.status !== "failed" && !artifactUrl(file, preset);
  useEffect(() => {
    if (!isMissing || requested.has(key)) return;
    const timer = setTimeout(() => {
      requested.add(key);
      makePreset(file.id, preset).catch(() => {}); // what is shown without it stays
    }, afterMs);
    return () => clearTimeout(timer);
  }, [isMissing, key, file.id, preset, afterMs]);
}
