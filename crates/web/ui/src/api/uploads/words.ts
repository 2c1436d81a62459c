// What the tray says in sentences.
import { formatBytes, formatDateTime } from "../../lib/format";
import type { FileFacts } from "./upload";

/** Why an upload cannot go on with the file that was chosen. */
export function wrongFile(wanted: FileFacts, chosen: FileFacts): string {
  const isChanged = wanted.name === chosen.name && wanted.sizeBytes === chosen.sizeBytes;
  if (isChanged) return `“${chosen.name}” has been changed since this upload began. Cancel it and send the file anew.`;
  return `“${chosen.name}” (${described(chosen)}) is another file. Choose “${wanted.name}” (${described(wanted)}).`;
}

const described = ({ sizeBytes, modifiedMs }: FileFacts) =>
  modifiedMs === null
    ? formatBytes(sizeBytes)
    : `${formatBytes(sizeBytes)}, changed ${formatDateTime(new Date(modifiedMs).toISOString())}`;
