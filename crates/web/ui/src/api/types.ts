// The API's words as the interface uses them.

export type FileStatus = "pending" | "processing" | "completed" | "visual" | "failed";
export type JobStatus = "pending" | "processing" | "completed" | "failed" | "cancelled";
export type Role = "owner" | "editor" | "viewer";

export interface User {
  id: string;
  email: string;
  name: string;
  isAdmin?: boolean;
}

export interface Drive {
  id: string;
  name: string;
  role: Role;
  createdAt: string;
  fileCount: number;
}

export interface Artifact {
  name: string;
  mime: string;
  sizeBytes: number;
  width?: number | null;
  height?: number | null;
  url: string;
}

export interface Warning {
  code: string;
  message: string;
}

export interface Facts {
  width?: number;
  height?: number;
  orientation?: number;
  alpha?: boolean;
  animated?: boolean;
  pages?: number;
  words?: number;
  characters?: number;
  title?: string;
  author?: string;
  encoding?: string;
  pagesWithoutText?: number[];
}

export interface StoredFile {
  id: string;
  driveId: string;
  name: string;
  sizeBytes: number;
  mime: string;
  format?: string | null;
  status: FileStatus;
  contentHash: string;
  createdAt: string;
  startedAt?: string | null;
  processedAt?: string | null;
  trashedAt?: string | null;
  outcome?: { code: string; sentence: string } | null;
  warnings: Warning[];
  facts: Facts;
  artifacts: Artifact[];
}

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

export interface Uploaded {
  file: StoredFile;
  deduplicated: boolean;
  jobIds: string[];
}

export interface PageSpan {
  page: number;
  start: number;
  end: number;
}

export interface Preset {
  name: string;
  maxWidth: number;
  maxHeight: number;
  format: string;
  quality: number;
}

export interface Attempt {
  attempt: number;
  error: string;
  at: string;
}

export interface Job {
  id: string;
  kind: string;
  status: JobStatus;
  fileId?: string | null;
  contentHash?: string | null;
  attempts: number;
  maxAttempts: number;
  error?: string | null;
  errors?: Attempt[];
  createdAt: string;
  startedAt?: string | null;
  finishedAt?: string | null;
}

export interface QueueCounts {
  kind: string;
  active: number;
  pending: number;
  completed: number;
  failed: number;
  oldestPendingSeconds?: number | null;
  meanMs?: number | null;
  p99Ms?: number | null;
}

export interface ApiToken {
  id: string;
  name: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt?: string | null;
  expiresAt?: string | null;
}

export interface Limits {
  maxUploadBytes: number;
}

export type EventKind = "file.created" | "file.updated" | "file.deleted" | "file.status" | "file.progress";

export interface LiveEvent {
  id: number;
  kind: EventKind;
  driveId?: string;
  fileId?: string;
  data: Record<string, unknown>;
}

export interface Progress {
  stage: string;
  done: number;
  total: number;
}
