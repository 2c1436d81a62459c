// One upload of the tray, from when a file is given until the server has it.
import { beginPace, type Pace } from "../../lib/pace";
import { randomName } from "../../lib/randomName";
import type { KnownFile, StoredFile } from "../types";

/**
 * `checking`: it is asked whether the drive has the file; `known`: it has, and it is sent only if somebody wants that.
 * `unfinished` was begun before this visit and waits for its file; `received` means that the server has the bytes
 * safely: what becomes of the file is then the file's own status.
 */
export type UploadState =
  "checking" | "known" | "unfinished" | "queued" | "sending" | "paused" | "received" | "failed" | "cancelled";

export interface Upload {
  id: number;
  driveId: string;
  /** Sent with every try in one request, so that a file whose answer was lost is not added twice. */
  key: string;
  name: string;
  sizeBytes: number;
  /** When the file was changed last, in milliseconds since 1970; null where nobody has said so. */
  modifiedMs: number | null;
  /** The file; null until it is chosen again for an upload from before. */
  source: File | null;
  /** With it the browser finds the file again after a reload. */
  handle: FileSystemFileHandle | null;
  /** What the server calls it, once it is begun in pieces. */
  remoteId: string | null;
  state: UploadState;
  sentBytes: number;
  /** How many of them the server has for certain. */
  keptBytes: number;
  pace: Pace;
  /** Why it waits or has failed, as a sentence. */
  note: string | null;
  /** How often it was tried to send it. */
  tries: number;
  /** Tries in a row that the server had a problem with. */
  faults: number;
  /** What the drive has of the same bytes. */
  known: KnownFile | null;
  file: StoredFile | null;
  deduplicated: boolean;
}

/** What the upload is of, whoever has it. */
export type FileFacts = Pick<Upload, "name" | "sizeBytes" | "modifiedMs">;

let nextId = 1;

/** An upload that waits for its turn, or for what `change` says. */
export function newUpload(driveId: string, facts: FileFacts, change: Partial<Upload> = {}): Upload {
  return {
    id: nextId++,
    driveId,
    key: randomName(),
    ...facts,
    source: null,
    handle: null,
    remoteId: null,
    state: "queued",
    sentBytes: 0,
    keptBytes: 0,
    pace: beginPace(0, 0),
    note: null,
    tries: 0,
    faults: 0,
    known: null,
    file: null,
    deduplicated: false,
    ...change,
  };
}

/** True while bytes may still be sent by themselves. */
export const isUnsent = ({ state }: Upload) => state === "checking" || state === "queued" || state === "sending";

/** True while it is neither the server's nor given up. */
export const isOpen = (upload: Upload) =>
  isUnsent(upload) || upload.state === "paused" || upload.state === "unfinished";

export const factsOf = ({ name, size, lastModified }: File): FileFacts => ({
  name,
  sizeBytes: size,
  modifiedMs: lastModified,
});

/** Whether both are the same file, as far as that can be known without reading it. */
export function isSameFile(a: FileFacts, b: FileFacts): boolean {
  const isSameTime = a.modifiedMs === null || b.modifiedMs === null || a.modifiedMs === b.modifiedMs;
  return a.sizeBytes === b.sizeBytes && isSameTime && letters(a.name) === letters(b.name);
}

// The server makes names harmless, and systems write accents in two ways: what is left are the letters and digits.
const letters = (name: string) => name.normalize("NFC").replace(/[^\p{L}\p{N}]/gu, "");
