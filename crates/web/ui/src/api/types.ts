// The API's types as the interface uses them: names for what `npm run gen` made of openapi.json, and the events.
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

export type AlertLimit = Schemas["AlertLimit"];
export type ApiToken = Schemas["ApiToken"];
export type Artifact = Schemas["Artifact"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditFormat = operations["export_audit"]["parameters"]["query"]["format"];
export type AuditKind = Schemas["AuditKind"];
export type BulkAction = Schemas["BulkAction"];
export type BulkChange = Schemas["BulkChange"];
export type CreatedToken = Schemas["CreatedToken"];
export type Drive = Schemas["Drive"];
export type DriveInvitation = Schemas["DriveInvitation"];
export type ExportFormat = operations["export_file"]["parameters"]["query"]["format"];
export type Facts = Schemas["Facts"];
export type FailureGroup = Schemas["FailureGroup"];
export type FileStatus = Schemas["FileStatus"];
export type FoundFile = Schemas["FoundFile"];
export type Import = Schemas["Import"];
export type Invitation = Schemas["Invitation"];
export type Job = Schemas["Job"];
export type JobStatus = Schemas["JobStatus"];
export type KnownFile = Schemas["KnownFile"];
export type Limits = Schemas["Limits"];
export type Member = Schemas["Member"];
export type OpenSession = Schemas["OpenSession"];
export type PageSize = Schemas["PageSize"];
export type PageSpan = Schemas["PageSpan"];
export type PageWord = Schemas["PageWord"];
export type PageWords = Schemas["PageWords"];
export type Preset = Schemas["Preset"];
export type QueueCounts = Schemas["QueueCounts"];
export type QueuedArtifact = Schemas["QueuedArtifact"];
export type Reading = Schemas["Reading"];
export type ReadingBegun = Schemas["ReadingBegun"];
export type ReadingOcr = Schemas["ReadingOcr"];
export type ReadingWhat = Schemas["ReadingWhat"];
export type Role = Schemas["Role"];
export type Scope = Schemas["Scope"];
export type SearchResults = Schemas["SearchResults"];
export type Service = Schemas["Service"];
export type Session = Schemas["Session"];
/** The API calls it File, which the browser calls something else. */
export type StoredFile = Schemas["File"];
export type System = Schemas["System"];
export type SystemAlert = Schemas["SystemAlert"];
export type SystemPoint = Schemas["SystemPoint"];
export type TextPart = Schemas["TextPart"];
export type UnfinishedUpload = Schemas["UnfinishedUpload"];
export type Uploaded = Schemas["Uploaded"];
export type User = Schemas["User"];

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

// What comes over /ws is no part of openapi.json; it is model::Event and model::Progress.

export type EventKind =
  "file.created" | "file.updated" | "file.deleted" | "file.status" | "file.progress" | "alert.began" | "alert.ended";

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
