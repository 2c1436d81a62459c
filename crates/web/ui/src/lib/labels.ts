// The interface's labels for the API's codes. One place, so that a badge, a timeline and a filter say the same.
import type { Progress, StoredFile } from "../api/types";

export type Tone = "neutral" | "active" | "good" | "warn" | "bad";

export interface StatusLabel {
  label: string;
  tone: Tone;
}

/** A file's state in a few words. */
export function statusOf(
  file: Pick<StoredFile, "status" | "outcome" | "mime">,
  progress?: Progress | null,
): StatusLabel {
  // What goes on after a file can be used already: its text is being recognised.
  if (progress && (file.status === "completed" || file.status === "visual"))
    return { label: stageLabel(progress), tone: "active" };
  switch (file.status) {
    case "pending":
      return { label: "Waiting", tone: "neutral" };
    case "processing":
      return { label: progress ? stageLabel(progress) : "Processing", tone: "active" };
    case "completed":
      return file.outcome?.code === "partial"
        ? { label: "Text, with gaps", tone: "warn" }
        : { label: "Text ready", tone: "good" };
    case "visual":
      // A document without a text layer: nothing went wrong, and there is nothing to read either.
      if (!isImage(file)) return { label: "No text found", tone: "warn" };
      return file.outcome?.code === "partial"
        ? { label: "Images, with gaps", tone: "warn" }
        : { label: "Images ready", tone: "good" };
    case "failed":
      return { label: "Failed", tone: "bad" };
  }
}

const STAGES: Record<string, string> = {
  identify: "Identifying",
  decode: "Decoding",
  encode: "Making images",
  text: "Reading text",
  page: "Reading page",
  ocr: "Recognising text",
};

/** A stage with its count when it has one. */
export function stageLabel({ stage, done, total }: Progress): string {
  const words = STAGES[stage] ?? "Processing";
  if (total <= 1) return words;
  return stage === "page" ? `${words} ${done} of ${total}` : `${words} ${done}/${total}`;
}

export const JOB_TONES: Record<string, Tone> = {
  pending: "neutral",
  processing: "active",
  completed: "good",
  failed: "bad",
  cancelled: "neutral",
};

export const JOB_LABELS: Record<string, string> = {
  pending: "Waiting",
  processing: "Running",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** The short type on a file's tile: its format, or its extension while that is unknown. */
export function typeTag(file: Pick<StoredFile, "format" | "name">): string {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(file.name)?.[1];
  // Every text file has the format txt; its extension says more.
  const format = file.format === "txt" || file.format === "text" ? extension : file.format;
  return (format || extension || "file").toUpperCase().slice(0, 5);
}

/** Whether images can be made of it: of a picture, of a first page, or of the cover it carries. */
export const hasImages = (file: Pick<StoredFile, "mime" | "facts">) =>
  isImage(file) || file.mime === "application/pdf" || file.facts.cover === true;

/** What plays it in a browser: of the types that the server lets one show. */
export function mediaKind({ mime }: Pick<StoredFile, "mime">): "audio" | "video" | null {
  if (/^audio\/(aac|flac|mp4|mpeg|ogg|wav)$/.test(mime)) return "audio";
  return /^video\/(mp4|webm)$/.test(mime) ? "video" : null;
}

/** Whether it can be looked at page by page, once it is read. */
export const hasPages = (file: Pick<StoredFile, "mime" | "status">) =>
  (file.status === "completed" || file.status === "visual") && (isImage(file) || file.mime === "application/pdf");

export const isImage = (file: Pick<StoredFile, "mime">) => file.mime.startsWith("image/");

/** The types that a list of files is narrowed to, and what they are called. */
export const FILE_TYPES = [
  ["", "All types"],
  ["image", "Images"],
  ["document", "Documents"],
  ["text", "Text"],
  ["other", "Other"],
] as const;

/** What members of a drive are, and what that is called. */
export const ROLES = [
  ["owner", "Owner"],
  ["editor", "Editor"],
  ["viewer", "Viewer"],
] as const;
