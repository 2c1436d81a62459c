import { expect, test } from "vitest";
import type { Job, StoredFile } from "../src/api/types";
import { timeline } from "../src/lib/timeline";
import { statusOf } from "../src/lib/labels";
import { job as anyJob, storedFile } from "./builders";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString();
const file = (change: Partial<StoredFile>) =>
  storedFile({
    format: "pdf",
    mime: "application/pdf",
    createdAt: at(0),
    startedAt: at(1),
    processedAt: at(3),
    ...change,
  });
const job = (change: Partial<Job>) => anyJob({ createdAt: at(0), startedAt: at(1), finishedAt: at(3), ...change });
const titles = (...of: Parameters<typeof timeline>) => timeline(...of).map(({ title }) => title);

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
    fraction: 0.2,
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
  expect(timeline(busy, [], { stage: "page", done: 5, total: 10 }).at(-1)?.fraction).toBe(0.5);
  expect(timeline(busy, [], null).at(-1)?.fraction).toBeNull();
});

test("a new file waits for its turn", () => {
  const fresh = file({ status: "pending", startedAt: null, processedAt: null });
  expect(titles(fresh, [job({ status: "pending" })], null)).toEqual(["Received and stored", "Waiting for its turn"]);
});

test("a file whose jobs are not known yet has its stages all the same", () => {
  expect(titles(file({}), [], null)).toEqual(["Received and stored", "Identified as PDF", "Text read", "Done"]);
});

test("images are counted and named", () => {
  const image = (name: string) => ({ name, mime: "image/webp", sizeBytes: 1, url: "" });
  const text = { name: "text.md", mime: "text/markdown", sizeBytes: 1, url: "" };
  const picture = file({ status: "visual", artifacts: [image("thumbnail"), image("preview"), text] });
  expect(timeline(picture, [], null).find(({ key }) => key === "images")).toMatchObject({
    title: "2 images made",
    note: "thumbnail, preview",
  });
});

test("a file with parts missing says so at its end", () => {
  const partial = file({ outcome: { code: "partial", sentence: "Page 2 could not be read." } });
  expect(timeline(partial, [job({})], null).at(-1)).toMatchObject({ title: "Done, with parts missing", tone: "warn" });
});

test("of several times it was read the newest counts", () => {
  const again = job({ id: "2", createdAt: at(60), startedAt: at(61), finishedAt: at(70) });
  const step = timeline(file({ processedAt: at(70) }), [again, job({})], null).at(-1);
  expect(step).toMatchObject({ title: "Done", at: at(70), took: "9.0 s" });
});

// The page said "Done" while an OCR service was still reading.
test("a file is not done while its pages are read outside", () => {
  const scan = file({ status: "visual", facts: { pages: 3 } });
  const outside = job({ id: "2", kind: "ocr-external", status: "processing", startedAt: at(4), finishedAt: null });
  expect(titles(scan, [job({}), outside], null).slice(2)).toEqual(["Recognising text"]);
  const waiting = { ...outside, status: "pending" as const };
  expect(titles(scan, [job({}), waiting], null).slice(2)).toEqual(["Waiting for its text to be recognised"]);
  const over = { ...outside, status: "completed" as const, finishedAt: at(9) };
  expect(titles(scan, [job({}), over], null).slice(2)).toEqual(["Done"]);
});

test("a file is not done while the pages left over from outside are read here", () => {
  const scan = file({ status: "visual", facts: { pages: 3 } });
  const outside = job({ id: "2", kind: "ocr-external", createdAt: at(5) });
  // Of the same moment or older: what counts is that it is not finished.
  const here = job({ id: "3", kind: "ocr-process", status: "processing", createdAt: at(4) });
  expect(titles(scan, [job({}), outside, here], null).at(-1)).toBe("Recognising text");
});
