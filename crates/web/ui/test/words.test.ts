import { expect, test } from "vitest";
import type { Job, StoredFile } from "../src/api/types";
import { timeline } from "../src/lib/timeline";
import { stageLabel, statusOf, typeTag } from "../src/lib/words";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString();
const file = (change: Partial<StoredFile>): StoredFile => ({
  id: "f",
  driveId: "d",
  name: "a.pdf",
  sizeBytes: 10,
  mime: "application/pdf",
  format: "pdf",
  status: "completed",
  contentHash: "0",
  createdAt: at(0),
  updatedAt: at(0),
  startedAt: at(1),
  processedAt: at(3),
  outcome: { code: "ok", sentence: "Done." },
  warnings: [],
  facts: {},
  artifacts: [],
  ...change,
});
const job = (change: Partial<Job>): Job => ({
  id: "1",
  kind: "ingest-file",
  status: "completed",
  attempts: 1,
  maxAttempts: 3,
  errors: [],
  createdAt: at(0),
  startedAt: at(1),
  finishedAt: at(3),
  ...change,
});

test("a state in words", () => {
  expect(statusOf(file({ status: "processing" }), { stage: "page", done: 3, total: 12 }).label).toBe(
    "Reading page 3 of 12",
  );
  expect(statusOf(file({ outcome: { code: "partial", sentence: "" } })).tone).toBe("warn");
  expect(statusOf(file({ status: "visual" })).label).toBe("No text found");
  expect(statusOf(file({ status: "visual", mime: "image/png" })).label).toBe("Images ready");
});

test("a stage that nobody named yet is still said", () => {
  expect(stageLabel({ stage: "chunks", done: 1, total: 0 })).toBe("Processing");
});

test("a type tag is the format, and for text files the extension", () => {
  expect(typeTag({ format: "pdf", name: "a.bin" })).toBe("PDF");
  expect(typeTag({ format: "txt", name: "a.json" })).toBe("JSON");
  expect(typeTag({ format: null, name: "README" })).toBe("FILE");
});

test("a finished document's stages", () => {
  const steps = timeline(file({ facts: { pages: 2, words: 1_200 } }), [job({})], null);
  expect(steps.map(({ title, note, took }) => [title, note ?? took ?? ""])).toEqual([
    ["Received and stored", ""],
    ["Identified as PDF", ""],
    ["Text read", "2 pages, 1,200 words"],
    ["Done", "2.0 s"],
  ]);
});

test("a failed file says why, once, after its earlier attempts", () => {
  const failed = job({
    status: "failed",
    attempts: 2,
    errors: [
      { attempt: 1, code: "retry", error: "disk full", at: at(1) },
      { attempt: 2, code: "retry", error: "disk full", at: at(2) },
    ],
  });
  const steps = timeline(
    file({
      status: "failed",
      format: null,
      outcome: { code: "internal", sentence: "Something went wrong on our side." },
    }),
    [failed],
    null,
  );
  expect(steps.map(({ title, tone }) => [title, tone])).toEqual([
    ["Received and stored", "good"],
    ["Attempt 1 failed", "warn"],
    ["Failed", "bad"],
  ]);
  expect(steps.at(-1)?.note).toBe("Something went wrong on our side.");
});

test("text that is being recognised shows how far it is, though the file can be used already", () => {
  const scan = file({ status: "visual", facts: { pages: 25 } });
  const page = { stage: "page", done: 5, total: 25 };
  expect(statusOf(scan, page)).toEqual({ label: "Reading page 5 of 25", tone: "active" });
  const recognition = job({ id: "2", kind: "ocr-process", status: "processing" });
  expect(timeline(scan, [job({}), recognition], page).at(-1)).toMatchObject({
    title: "Recognising text: reading page 5 of 25",
    part: 0.2,
  });
  expect(timeline(scan, [job({}), { ...recognition, status: "pending" }], null).at(-1)?.title).toBe(
    "Waiting for its text to be recognised",
  );
  const read = file({
    facts: { pages: 25, ocr: { engine: "tesseract", languages: "eng", pages: 24, confidence: 95.6 } },
  });
  expect(timeline(read, [job({})], null).find(({ key }) => key === "ocr")).toMatchObject({
    title: "Text recognised on 24 pages",
    note: "tesseract, 96 % sure",
  });
});

test("work under way shows how far it is, when that is known", () => {
  const busy = file({ status: "processing", processedAt: null });
  expect(timeline(busy, [], { stage: "page", done: 5, total: 10 }).at(-1)?.part).toBe(0.5);
  expect(timeline(busy, [], null).at(-1)?.part).toBeNull();
});
