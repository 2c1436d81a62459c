// What is said of files that are read again.
import type { Reading } from "../api/types";
import { formatNumber, plural } from "./format";

/** "Reading again: 12 of 1,204 · 3 could not be read". */
export function readingWords({ state, done, total, failed }: Reading): string {
  const begin = state === "waiting" ? `Waiting to read ${plural(total, "file")} again` : "Reading again";
  const far = state === "waiting" ? "" : `: ${formatNumber(done)} of ${formatNumber(total)}`;
  return `${begin}${far}${failed > 0 ? ` · ${formatNumber(failed)} could not be read` : ""}`;
}
