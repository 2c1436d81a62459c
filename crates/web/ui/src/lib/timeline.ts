// A file's stages in order, from what the server says of the file, its jobs and the work under way.
import type { Job, Progress, StoredFile } from "../api/types";
import { formatDuration, plural, spanMs } from "./format";
import { stageLabel, type Tone } from "./labels";

export interface Step {
  key: string;
  title: string;
  tone: Tone;
  note?: string;
  at?: string | null;
  took?: string;
  /** How far it is, between 0 and 1, while it is under way; null when nobody knows. */
  fraction?: number | null;
}

/** The kinds of jobs that recognise text: on this server, and by an OCR service. */
const OCR_KINDS = ["ocr-process", "ocr-external"];

export function timeline(file: StoredFile, jobs: Job[], progress: Progress | null): Step[] {
  const ingest = newest(jobs.filter(({ kind }) => kind === "ingest-file"));
  const startedAt = ingest?.startedAt ?? file.startedAt ?? null;
  const endedAt = file.processedAt ?? ingest?.finishedAt ?? null;
  const steps: Step[] = [
    { key: "received", title: "Received and stored", tone: "good", at: file.createdAt },
    ...(ingest ? failedAttempts(ingest) : []),
  ];
  if (file.status === "pending") return [...steps, { key: "wait", title: "Waiting for its turn", tone: "neutral" }];
  if (file.status === "processing") return [...steps, underWay(progress, startedAt)];

  if (file.format) {
    const title = `Identified as ${file.format.toUpperCase()}`;
    steps.push({ key: "identified", title, tone: "good", at: startedAt });
  }
  steps.push(...images(file, endedAt));
  // Pages may be recognised outside and the rest of them here: it is over when no job of either kind is left.
  const ocr = newest(jobs.filter((job) => OCR_KINDS.includes(job.kind) && isUnfinished(job)));
  if (ocr) return [...steps, recognising(ocr, progress)];

  const took = spanMs(startedAt, endedAt);
  const end = took === null ? { at: endedAt } : { at: endedAt, took: formatDuration(took) };
  return [...steps, ...recognised(file, endedAt), ...textRead(file, endedAt), { ...outcome(file), ...end }];
}

const isUnfinished = ({ status }: Job) => status === "pending" || status === "processing";

const newest = (jobs: Job[]) => jobs.sort((a, b) => a.createdAt.localeCompare(b.createdAt)).at(-1);

// The last attempt of a failed job is left out: the file's own outcome says the same.
function failedAttempts({ status, attempts, errors }: Job): Step[] {
  return errors
    .filter(({ attempt }) => status !== "failed" || attempt < attempts)
    .map(({ attempt, error, at }) => ({
      key: `attempt-${attempt}`,
      title: `Attempt ${attempt} failed`,
      tone: "warn",
      note: error,
      at,
    }));
}

function underWay(progress: Progress | null, at: string | null): Step {
  const title = progress ? stageLabel(progress) : "Processing";
  const fraction = progress && progress.total > 1 ? progress.done / progress.total : null;
  return { key: "work", title, tone: "active", at, fraction };
}

function images({ artifacts }: StoredFile, at: string | null): Step[] {
  const names = artifacts.filter(({ mime }) => mime.startsWith("image/")).map(({ name }) => name);
  if (names.length === 0) return [];
  return [{ key: "images", title: `${plural(names.length, "image")} made`, tone: "good", note: names.join(", "), at }];
}

function recognising({ status, startedAt }: Job, progress: Progress | null): Step {
  if (status === "pending" && !progress) {
    return { key: "ocr", title: "Waiting for its text to be recognised", tone: "neutral" };
  }
  const title = progress ? `Recognising text: ${stageLabel(progress).toLowerCase()}` : "Recognising text";
  const fraction = progress && progress.total > 0 ? progress.done / progress.total : null;
  return { key: "ocr", title, tone: "active", at: startedAt ?? null, fraction };
}

function recognised({ facts: { ocr } }: StoredFile, at: string | null): Step[] {
  if (!ocr?.pages) return [];
  const confidence = ocr.confidence == null ? [] : [`${Math.round(ocr.confidence)} % sure`];
  const note = [ocr.engine, ...confidence].join(", ");
  return [{ key: "ocr", title: `Text recognised on ${plural(ocr.pages, "page")}`, tone: "good", note, at }];
}

function textRead({ status, facts: { pages, words } }: StoredFile, at: string | null): Step[] {
  if (status !== "completed") return [];
  const note = [pages ? plural(pages, "page") : "", words ? plural(words, "word") : ""].filter(Boolean).join(", ");
  return [{ key: "text", title: "Text read", tone: "good", ...(note ? { note } : {}), at }];
}

function outcome({ status, outcome }: StoredFile): Step {
  if (status === "failed") {
    return { key: "failed", title: "Failed", tone: "bad", note: outcome?.sentence ?? "Nothing could be made of it." };
  }
  if (outcome?.code === "partial") return { key: "done", title: "Done, with parts missing", tone: "warn" };
  return { key: "done", title: "Done", tone: "good" };
}
