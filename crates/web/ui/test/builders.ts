// What the server says, with everything in it that a test does not speak of.
import type { Job, StoredFile } from "../src/api/types";

export function storedFile(change: Partial<StoredFile> = {}): StoredFile {
  return {
    id: "f1",
    driveId: "d1",
    name: "notes.txt",
    sizeBytes: 5,
    mime: "text/plain",
    status: "completed",
    contentHash: "00".repeat(32),
    createdAt: "2026-11-20T10:00:00Z",
    updatedAt: "2026-11-20T10:00:00Z",
    format: "txt",
    warnings: [],
    facts: {},
    artifacts: [],
    ...change,
  };
}

export function job(change: Partial<Job> = {}): Job {
  return {
    id: "1",
    kind: "ingest-file",
    label: "Process file",
    status: "completed",
    attempts: 1,
    maxAttempts: 5,
    errors: [],
    createdAt: "2026-11-20T10:00:00Z",
    ...change,
  };
}
