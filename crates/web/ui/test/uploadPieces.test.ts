// Large files, as the queue sends them in pieces; the sender is the test's.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Uploads } from "../src/api/uploads/queue";
import type { Sendable, SenderEvents } from "../src/api/uploads/sender";
import { isSameFile, newUpload } from "../src/api/uploads/upload";
import { storedFile } from "./builders";

const MB = 1 << 20;

interface Try extends Sendable {
  events: SenderEvents;
  isStopped: boolean;
}

let tries: Try[];
beforeEach(() => {
  vi.useFakeTimers();
  tries = [];
});
afterEach(() => vi.useRealTimers());

const noForm = () => {
  throw new Error("a large file was sent in one request");
};

function newUploads() {
  const handlers = { received: vi.fn(), keep: vi.fn(), forget: vi.fn(), end: vi.fn() };
  const pieces = (sendable: Sendable, events: SenderEvents) => {
    const one = { ...sendable, events, isStopped: false };
    tries.push(one);
    return () => {
      one.isStopped = true;
    };
  };
  return { handlers, uploads: new Uploads(handlers, null, { form: noForm, pieces }) };
}

const large = (name: string, lastModified = 1_000) => {
  const file = new File(["x"], name, { lastModified });
  Object.defineProperty(file, "size", { value: 100 * MB });
  return file;
};

function added(...files: File[]) {
  const { uploads, handlers } = newUploads();
  uploads.add(
    "d1",
    files.map((file) => ({ file, handle: null })),
  );
  const upload = (index = 0) => uploads.list.get()[index];
  return { uploads, handlers, upload, id: (index = 0) => upload(index)?.id ?? 0 };
}

function nth(index: number): Try {
  const found = tries[index];
  if (!found) throw new Error(`there was no try ${index}`);
  return found;
}

/** So far, and then the connection breaks. */
function breakAt(index: number, keptBytes: number, sentBytes: number) {
  nth(index).events.begun("r1");
  nth(index).events.kept(keptBytes);
  nth(index).events.sent(sentBytes);
  nth(index).events.failed({ kind: "interrupted" });
}

test("what was begun is gone on with, from where the server says", () => {
  const { upload, handlers } = added(large("a.bin"));
  expect(nth(0)).toMatchObject({ remoteId: null, isAgain: false, pieceBytes: Infinity });
  breakAt(0, 0, 5 * MB);
  expect(handlers.keep).toHaveBeenLastCalledWith([expect.objectContaining({ remoteId: "r1" })]);
  vi.advanceTimersByTime(1_000);
  expect(nth(1)).toMatchObject({ remoteId: "r1", isAgain: true });
  nth(1).events.kept(4 * MB);
  expect(upload()).toMatchObject({ state: "sending", sentBytes: 4 * MB, keptBytes: 4 * MB });
  nth(1).events.done(storedFile(), false);
  expect(upload()).toMatchObject({ state: "received", sentBytes: 100 * MB });
  expect(handlers.forget).toHaveBeenCalledOnce();
});

test("the waits become longer while nothing comes through, and short again when something has", () => {
  added(large("a.bin"));
  breakAt(0, 0, 0);
  vi.advanceTimersByTime(1_000);
  breakAt(1, 0, 0);
  vi.advanceTimersByTime(1_999);
  expect(tries).toHaveLength(2);
  vi.advanceTimersByTime(1);
  breakAt(2, 3 * MB, 4 * MB);
  vi.advanceTimersByTime(1_000);
  expect(tries).toHaveLength(4);
});

// A proxy that keeps a request until it is whole gives nothing on of one that breaks, however often it is sent.
test("what a proxy has kept for itself is sent in pieces of 8 MiB", () => {
  added(large("a.bin"));
  breakAt(0, 0, 60 * MB);
  vi.advanceTimersByTime(1_000);
  nth(1).events.kept(0);
  expect(nth(1).isStopped).toBe(true);
  expect(nth(2)).toMatchObject({ remoteId: "r1", pieceBytes: 8 * MB });
  breakAt(2, 0, 8 * MB);
  vi.advanceTimersByTime(2_000);
  nth(3).events.kept(0);
  expect(nth(3).isStopped).toBe(false);
});

test("after a proxy's 413 the pieces have 8 MiB, those of the next file too, and less after another", () => {
  const { upload } = added(large("a.bin"), large("b.bin"));
  nth(0).events.begun("r1");
  // They were both sent as large as they are.
  for (const index of [0, 1]) nth(index).events.failed({ kind: "too-large-request" });
  expect(nth(2)).toMatchObject({ remoteId: "r1", pieceBytes: 8 * MB });
  expect(nth(3)).toMatchObject({ remoteId: null, pieceBytes: 8 * MB });
  for (const [index, pieceBytes] of [
    [2, 2 * MB],
    [4, MB / 2],
  ] as const) {
    nth(index).events.failed({ kind: "too-large-request" });
    expect(nth(tries.length - 1).pieceBytes).toBe(pieceBytes);
  }
  nth(5).events.failed({ kind: "too-large-request" });
  expect(upload()?.state).toBe("failed");
});

test("what the server does not know any more is begun anew, and refused when there is nothing to begin it in", () => {
  const { upload } = added(large("a.bin"));
  breakAt(0, 4 * MB, 5 * MB);
  vi.advanceTimersByTime(1_000);
  nth(1).events.failed({ kind: "gone", message: "It is gone." });
  expect(nth(2)).toMatchObject({ remoteId: null });
  expect(upload()).toMatchObject({ sentBytes: 0, keptBytes: 0 });
  nth(2).events.failed({ kind: "gone", message: "There is no such drive." });
  expect(upload()).toMatchObject({ state: "failed", note: "There is no such drive." });
});

test("paused, it sends nothing and keeps its place; resumed, it goes on", () => {
  const { uploads, upload, id, handlers } = added(large("a.bin"));
  nth(0).events.begun("r1");
  nth(0).events.kept(9 * MB);
  uploads.pause(id());
  expect([nth(0).isStopped, upload()?.state, upload()?.sentBytes]).toEqual([true, "paused", 9 * MB]);
  expect(handlers.keep).toHaveBeenLastCalledWith([expect.objectContaining({ state: "paused" })]);
  nth(0).events.sent(50 * MB);
  expect(upload()?.sentBytes).toBe(9 * MB);
  vi.advanceTimersByTime(60_000);
  expect(tries).toHaveLength(1);
  uploads.resume(id());
  expect(nth(1).remoteId).toBe("r1");
});

test("all are paused, resumed and cancelled at once", () => {
  const { uploads } = added(...Array.from({ length: 6 }, (_, index) => large(`${index}.bin`)));
  const states = () => new Set(uploads.list.get().map(({ state }) => state));
  uploads.pauseAll();
  expect(states()).toEqual(new Set(["paused"]));
  expect(tries).toHaveLength(4);
  uploads.resumeAll();
  expect(tries).toHaveLength(8);
  uploads.cancelAll();
  expect(states()).toEqual(new Set(["cancelled"]));
  expect(tries.every(({ isStopped }) => isStopped)).toBe(true);
  expect(tries).toHaveLength(8);
});

test("cancelled, the server is to forget it, and tried again it is begun anew", () => {
  const { uploads, upload, id, handlers } = added(large("a.bin"));
  nth(0).events.begun("r1");
  nth(0).events.kept(9 * MB);
  uploads.cancel(id());
  expect(handlers.end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ remoteId: "r1" }));
  expect(upload()).toMatchObject({ state: "cancelled", remoteId: null, sentBytes: 0 });
  uploads.retry(id());
  expect(nth(1).remoteId).toBeNull();
});

test("an upload from before goes on with the same file, by being chosen or dropped again, and with no other", () => {
  const { uploads } = newUploads();
  const facts = { name: "a.bin", sizeBytes: 100 * MB, modifiedMs: 1_000 };
  const begin = (remoteId: string) => newUpload("d1", facts, { remoteId, state: "unfinished", keptBytes: 7 * MB });
  const [one, other] = [begin("r1"), begin("r2")];
  uploads.restore([one, other]);
  expect(tries).toHaveLength(0);
  const choose = (file: File) => {
    uploads.choose(one.id, { file, handle: null });
    return uploads.list.find(one.id)?.note;
  };
  expect(choose(large("b.bin"))).toMatch(/^“b\.bin” \(100 MB, changed .+\) is another file\. Choose “a\.bin”/);
  expect(choose(large("a.bin", 2_000))).toBe(
    "“a.bin” has been changed since this upload began. Cancel it and send the file anew.",
  );
  expect(tries).toHaveLength(0);
  expect(choose(large("a.bin"))).toBeNull();
  expect(nth(0).remoteId).toBe("r1");
  const again = [{ file: large("a.bin"), handle: null }];
  uploads.add("d2", again);
  expect(nth(1).remoteId).toBeNull();
  uploads.add("d1", again);
  expect(nth(2).remoteId).toBe("r2");
  expect(uploads.list.get()).toHaveLength(3);
});

test("the same file is known by size, time and name, however names are written", () => {
  const facts = { name: "Süß: 1/2.pdf", sizeBytes: 5, modifiedMs: 7 };
  expect(isSameFile(facts, { ...facts, name: "Süß: 1/2.pdf".normalize("NFD") })).toBe(true);
  expect(isSameFile(facts, { ...facts, name: "Süß_ 1_2.pdf" })).toBe(true);
  expect(isSameFile(facts, { ...facts, modifiedMs: null })).toBe(true);
  expect(isSameFile(facts, { ...facts, modifiedMs: 8 })).toBe(false);
  expect(isSameFile(facts, { ...facts, sizeBytes: 6 })).toBe(false);
  expect(isSameFile(facts, { ...facts, name: "Süß: 1/3.pdf" })).toBe(false);
});

test("what the server had already is no speed", () => {
  const { uploads } = added(large("a.bin"));
  nth(0).events.begun("r1");
  nth(0).events.kept(90 * MB);
  for (let second = 1; second <= 4; second += 1) {
    vi.advanceTimersByTime(1_000);
    nth(0).events.sent((90 + second) * MB);
  }
  vi.advanceTimersByTime(500);
  const { sentBytes, totalBytes, pace } = uploads.totals.get();
  expect([sentBytes, totalBytes]).toEqual([94 * MB, 100 * MB]);
  expect(pace.bytesPerSecond).toBeLessThan(1.5 * MB);
  expect(pace.bytesPerSecond).toBeGreaterThan(0.5 * MB);
});
