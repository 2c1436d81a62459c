import { expect, test } from "vitest";
import { stageLabel, statusOf, typeTag } from "../src/lib/labels";
import { storedFile } from "./builders";

test("a state in words", () => {
  expect(statusOf(storedFile({ status: "processing" }), { stage: "page", done: 3, total: 12 }).label).toBe(
    "Reading page 3 of 12",
  );
  expect(statusOf(storedFile({ outcome: { code: "partial", sentence: "" } })).tone).toBe("warn");
  expect(statusOf(storedFile({ status: "visual", mime: "application/pdf" })).label).toBe("No text found");
  expect(statusOf(storedFile({ status: "visual", mime: "image/png" })).label).toBe("Images ready");
});

test("a stage that nobody named yet is still said", () => {
  expect(stageLabel({ stage: "chunks", done: 1, total: 0 })).toBe("Processing");
});

test("a type tag is the format, and for text files the extension", () => {
  expect(typeTag({ format: "pdf", name: "a.bin" })).toBe("PDF");
  expect(typeTag({ format: "txt", name: "a.json" })).toBe("JSON");
  expect(typeTag({ format: null, name: "README" })).toBe("FILE");
});
