// A file's stages in order, from what the server says of the file, its jobs and the work under way.
import type { Job, Progress, StoredFile } from "../api/types";
import { formatDuration, plural, spanMs } from "./format";
import { stageLabel, type Tone } from "./words";

export interface Step {
  key: string;
  title: string;
  tone: Tone;
  note?: string;
  at?: string | null;
  took?: string;
  /** Between 0 and 1 while it is under way; null when nobody knows how far. */
  part?: number | null;
}

export function timeline(file: StoredFile, jobs: Job[], progress: Progress | null): Step[] {
  const steps: Step[] = [{ key: "received", title: "Received and stored", tone: "good", at: file.createdAt }];
  const ingest = jobs
    .filter(({ kind }) => kind === "ingest-file")
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
    .at(-1);
  const startedAt = ingest?.startedAt ?? file.startedAt;
  const endedAt = file.processedAt ?? ingest?.finishedAt;

  for (const { attempt, error, at } of ingest?.errors ?? []) {
    if (ingest?.status !== "failed" || attempt < ingest.attempts)
      steps.push({ key: `attempt-${attempt}`, title: `Attempt ${attempt} failed`, tone: "warn", note: error, at });
  }
  if (file.status === "pending") return [...steps, { key: "wait", title: "Waiting for its turn", tone: "neutral" }];
  if (file.status === "processing") {
    const part = progress && progress.total > 1 ? progress.done / progress.total : null;
    return [
      ...steps,
      {
        key: "work",
        title: progress ? stageLabel(progress) : "Processing",
        tone: "active",
        at: startedAt ?? null,
        part,
      },
    ];
  }

  const took = spanMs(startedAt, endedAt);
  const span = took === null ? {} : { took: formatDuration(took) };
  if (file.format)
    steps.push({
      key: "identified",
      title: `Identified as ${file.format.toUpperCase()}`,
      tone: "good",
      at: startedAt ?? null,
    });
  const images = file.artifacts.filter(({ mime }) => mime.startsWith("image/"));
  if (images.length)
    steps.push({
      key: "images",
      title: `${plural(images.length, "image")} made`,
      tone: "good",
      note: images.map(({ name }) => name).join(", "),
      at: endedAt ?? null,
    });
  const recognition = jobs
    .filter(({ kind }) => kind === "ocr-process")
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
    .at(-1);
  if (recognition?.status === "pending" || recognition?.status === "processing") {
    const part = progress && progress.total > 0 ? progress.done / progress.total : null;
    const busy = recognition.status === "processing" || progress !== null;
    const title = progress
      ? `Recognising text: ${stageLabel(progress).toLowerCase()}`
      : busy
        ? "Recognising text"
        : "Waiting for its text to be recognised";
    return [
      ...steps,
      busy
        ? { key: "ocr", title, tone: "active", at: recognition.startedAt ?? null, part }
        : { key: "ocr", title, tone: "neutral" },
    ];
  }
  const { ocr } = file.facts;
  if (ocr?.pages) {
    const sure = ocr.confidence == null ? [] : [`${Math.round(ocr.confidence)} % sure`];
    steps.push({
      key: "ocr",
      title: `Text recognised on ${plural(ocr.pages, "page")}`,
      tone: "good",
      note: [ocr.engine, ...sure].join(", "),
      at: endedAt ?? null,
    });
  }
  if (file.status === "completed") {
    const { pages, words } = file.facts;
    const facts = [pages ? plural(pages, "page") : "", words ? plural(words, "word") : ""].filter(Boolean).join(", ");
    steps.push({
      key: "text",
      title: "Text read",
      tone: "good",
      ...(facts ? { note: facts } : {}),
      at: endedAt ?? null,
    });
  }
  if (file.status === "failed") {
    return [
      ...steps,
      {
        key: "failed",
        title: "Failed",
        tone: "bad",
        note: file.outcome?.sentence ?? "Nothing could be made of it.",
        at: endedAt ?? null,
        ...span,
      },
    ];
  }
  const partial = file.outcome?.code === "partial";
  steps.push({
    key: "done",
    title: partial ? "Done, with parts missing" : "Done",
    tone: partial ? "warn" : "good",
    at: endedAt ?? null,
    ...span,
  });
  return steps;
}
