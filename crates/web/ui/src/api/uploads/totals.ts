// How far all uploads are together, and how fast they go.
import { beginPace, nextPace, type Pace } from "../../lib/pace";
import { isUnsent, type Upload } from "./upload";

/** With no byte moved for so long the pace of before says nothing. */
const PAUSE_MS = 5_000;

export interface Totals {
  sentBytes: number;
  totalBytes: number;
  pace: Pace;
}

export const NOTHING: Totals = { sentBytes: 0, totalBytes: 0, pace: beginPace(0, 0) };

/**
 * `movedBytes` is what has gone out in this visit. What the server had of an upload already is sent, too, but was never
 * a speed.
 */
export function sumUp({ pace }: Totals, uploads: Iterable<Upload>, movedBytes: number, now: number): Totals {
  let [sentBytes, totalBytes] = [0, 0];
  for (const upload of uploads) {
    if (!isUnsent(upload) && upload.state !== "received") continue;
    sentBytes += upload.sentBytes;
    totalBytes += upload.sizeBytes;
  }
  const before = now - pace.at > PAUSE_MS ? beginPace(movedBytes, now) : pace;
  return { sentBytes, totalBytes, pace: nextPace(before, movedBytes, totalBytes - sentBytes, now) };
}
