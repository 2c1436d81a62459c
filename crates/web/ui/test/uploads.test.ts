import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sendForm } from "../src/api/uploads/form";
import { Uploads } from "../src/api/uploads/queue";
import type { KnownFile } from "../src/api/types";
import { storedFile } from "./builders";
import { FakeRequest } from "./fakeRequest";

// Small files, each in one request. Large ones are in `uploadPieces.test.ts`.

beforeEach(() => {
  vi.useFakeTimers();
  FakeRequest.all = [];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const source = (name: string, size = 10) => new File([new Uint8Array(size)], name);
const sources = (count: number) => Array.from({ length: count }, (_, index) => source(`${index + 1}.txt`));
const sentNames = () => FakeRequest.all.map(({ fileName }) => fileName);
const states = (uploads: Uploads) => uploads.list.get().map(({ state }) => state);

function request(index: number): FakeRequest {
  const found = FakeRequest.all[index];
  if (!found) throw new Error(`request ${index} was not sent`);
  return found;
}

const picked = (files: File[]) => files.map((file) => ({ file, handle: null }));

function added(files: File[]) {
  const received = vi.fn();
  const uploads = new Uploads({ received, keep: () => {}, forget: () => {}, end: () => {} });
  uploads.add("d1", picked(files));
  return { uploads, received, upload: (index = 0) => uploads.list.get()[index] };
}

const accept = (index: number, change = {}) => request(index).respond(201, { file: storedFile(change) });

test("four are sent at once, the others in their order as places become free", () => {
  const { uploads } = added(sources(6));
  expect(sentNames()).toEqual(["1.txt", "2.txt", "3.txt", "4.txt"]);
  expect(states(uploads)).toEqual(["sending", "sending", "sending", "sending", "queued", "queued"]);
  accept(2);
  expect(sentNames()).toEqual(["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"]);
});

test("a received file is told to the rest of the interface", () => {
  const { upload, received } = added([source("a.txt")]);
  expect(request(0).url).toBe("/api/v1/drives/d1/files");
  const file = storedFile({ id: "f9", status: "pending" });
  request(0).respond(201, { file, deduplicated: true });
  expect(upload()).toMatchObject({ state: "received", sentBytes: 10, file, deduplicated: true, note: null });
  expect(received).toHaveBeenCalledExactlyOnceWith(file);
});

test("progress counts the file's bytes and not the form's", () => {
  const { upload } = added([source("a.txt", 100)]);
  request(0).progress(50);
  expect(upload()?.sentBytes).toBe(50);
  request(0).progress(140);
  expect(upload()?.sentBytes).toBe(100);
});

test("a file over the limit is refused before a byte of it is sent, and is not tried again", () => {
  const { uploads, upload } = added([]);
  uploads.limitTo(1_024);
  uploads.add("d1", picked([source("large.bin", 1_025), source("fits.bin", 1_024)]));
  expect(sentNames()).toEqual(["fits.bin"]);
  expect(upload()).toMatchObject({ state: "failed", note: "Larger than the 1.0 KB this server allows." });
  uploads.retry(upload()?.id ?? 0);
  expect(sentNames()).toEqual(["fits.bin"]);
});

test("what the server refuses fails with its sentence, and the next one is sent", () => {
  const { uploads, upload, received } = added(sources(5));
  request(0).respond(413, { code: "too-large", detail: "a file has at most 5 MB" });
  expect(upload()).toMatchObject({ state: "failed", note: "A file has at most 5 MB." });
  expect(sentNames()).toHaveLength(5);
  expect(states(uploads)).toEqual(["failed", "sending", "sending", "sending", "sending"]);
  expect(received).not.toHaveBeenCalled();
});

test("a server with a problem is tried again, later each time, and not for ever", () => {
  const { upload } = added([source("a.txt")]);
  const waits: number[] = [];
  for (let answered = 1; upload()?.state !== "failed"; answered += 1) {
    expect(FakeRequest.all).toHaveLength(answered);
    request(answered - 1).respond(502, "<html>");
    let ms = 0;
    while (upload()?.state === "queued") {
      vi.advanceTimersByTime(500);
      ms += 500;
    }
    if (ms) waits.push(ms);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(upload()?.note).toBe("The server had a problem. Try again in a moment.");
});

test("a broken connection is tried again by itself from the first byte, and those who break together wait once", () => {
  const { upload } = added(sources(2));
  request(0).progress(7);
  request(0).onerror?.();
  request(1).onerror?.();
  expect(upload()).toMatchObject({ state: "queued", note: "The connection broke. It goes on by itself." });
  vi.advanceTimersByTime(1_000);
  expect(upload()).toMatchObject({ state: "sending", sentBytes: 0, note: null });
  accept(2);
  request(3).onerror?.();
  vi.advanceTimersByTime(1_000);
  accept(4);
  expect([upload(0)?.state, upload(1)?.state]).toEqual(["received", "received"]);
});

// To the browser that is a broken connection, and it was tried again for ever.
test("a file that cannot be read any more is asked for again", async () => {
  const lost = source("a.txt");
  vi.spyOn(lost, "slice").mockReturnValue({ arrayBuffer: () => Promise.reject(new Error("gone")) } as unknown as Blob);
  const { uploads, upload } = added([lost]);
  request(0).onerror?.();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(upload()).toMatchObject({ state: "unfinished", source: null });
  expect(FakeRequest.all).toHaveLength(1);
  const id = upload()?.id ?? 0;
  uploads.choose(id, { file: source("b.txt"), handle: null });
  expect(upload()).toMatchObject({
    state: "unfinished",
    note: expect.stringMatching(/^“b\.txt” .+ is another file\./),
  });
  const same = new File([new Uint8Array(10)], "a.txt", { lastModified: lost.lastModified });
  uploads.choose(id, { file: same, handle: null });
  expect(upload()?.state).toBe("sending");
});

test("without a network nothing is sent, and with it again all goes on", () => {
  const { uploads } = added(sources(2));
  const abort = vi.spyOn(request(0), "abort");
  uploads.goOffline();
  expect(abort).toHaveBeenCalledOnce();
  expect(states(uploads)).toEqual(["queued", "queued"]);
  expect(uploads.hold.held.get()?.why).toBe("offline");
  uploads.add("d1", picked([source("later.txt")]));
  expect(FakeRequest.all).toHaveLength(2);
  uploads.goOnline();
  expect(sentNames().slice(2)).toEqual(["1.txt", "2.txt", "later.txt"]);
  expect(uploads.hold.held.get()).toBeNull();
});

test("a link that says nothing for 45 s is dead", () => {
  const { upload } = added([source("a.txt")]);
  request(0).progress(3);
  vi.advanceTimersByTime(45_000);
  expect(upload()?.state).toBe("sending");
  vi.advanceTimersByTime(2_500);
  expect(FakeRequest.all).toHaveLength(2);
});

test("a file for which a proxy has no room goes in pieces", () => {
  const pieces = vi.fn(() => () => {});
  const uploads = new Uploads({ received: () => {}, keep: () => {}, forget: () => {}, end: () => {} }, null, {
    form: sendForm,
    pieces,
  });
  uploads.add("d1", picked([source("a.bin", 3 << 20)]));
  request(0).respond(413, "<html>");
  expect(FakeRequest.all).toHaveLength(1);
  expect(pieces).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ pieceBytes: 2 << 20, remoteId: null }),
    expect.anything(),
  );
});

// Every upload after it was sent too, and failed like it: of a folder of a thousand files most were lost.
test("a server that has too much to do is left alone for as long as it says", () => {
  const { uploads, upload } = added(sources(6));
  for (const index of [0, 1]) request(index).respond(429, { code: "queue-full" }, { "retry-after": "10" });
  expect(states(uploads)).toEqual(["queued", "queued", "sending", "sending", "queued", "queued"]);
  expect(upload()?.note).toBeNull();
  accept(2);
  vi.advanceTimersByTime(9_999);
  uploads.add("d1", picked([source("later.txt")]));
  expect(FakeRequest.all).toHaveLength(4);
  vi.advanceTimersByTime(1);
  expect(sentNames().slice(4)).toEqual(["1.txt", "2.txt", "5.txt"]);
});

test("the last word about waiting counts", () => {
  added(sources(2));
  request(0).respond(429, {}, { "retry-after": "1" });
  request(1).respond(429, {}, { "retry-after": "20" });
  vi.advanceTimersByTime(19_999);
  expect(FakeRequest.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(FakeRequest.all).toHaveLength(4);
});

test("what waits for the server can be cancelled", () => {
  const { uploads, upload } = added([source("a.txt")]);
  request(0).respond(429, {}, { "retry-after": "10" });
  uploads.cancel(upload()?.id ?? 0);
  vi.advanceTimersByTime(10_000);
  expect(upload()?.state).toBe("cancelled");
  expect(FakeRequest.all).toHaveLength(1);
});

test("a refusal that names no time fails like every other", () => {
  const { upload } = added([source("a.txt")]);
  request(0).respond(429, { detail: "too many tries; wait a little" });
  expect(upload()).toMatchObject({ state: "failed", note: "Too many tries; wait a little." });
});

// The answer was read without care: the upload stood at "sending" for ever and kept its place.
test.each(["<html>Sign in to the hotel's network</html>", "null", "{}"])("an answer of %s fails", (answer) => {
  const { uploads, upload } = added(sources(5));
  request(0).respond(200, answer);
  expect(upload()?.state).toBe("failed");
  expect(states(uploads)[4]).toBe("sending");
});

test("a cancelled upload is aborted and its place given to the next", () => {
  const { uploads, upload } = added(sources(5));
  const abort = vi.spyOn(request(0), "abort");
  uploads.cancel(upload()?.id ?? 0);
  expect(abort).toHaveBeenCalledOnce();
  expect(states(uploads)).toEqual(["cancelled", "sending", "sending", "sending", "sending"]);
  request(0).progress(5);
  expect(upload()).toMatchObject({ state: "cancelled", sentBytes: 0 });
  uploads.retry(upload()?.id ?? 0);
  expect(upload()?.state).toBe("queued");
});

test("what is received cannot be cancelled", () => {
  const { uploads, upload } = added([source("a.txt")]);
  accept(0);
  uploads.cancel(upload()?.id ?? 0);
  expect(upload()?.state).toBe("received");
});

test("cancelling all sends nothing more", () => {
  const { uploads } = added(sources(6));
  accept(0);
  uploads.cancelAll();
  expect(states(uploads)).toEqual(["received", ...Array.from({ length: 5 }, () => "cancelled")]);
  expect(sentNames()).toHaveLength(5);
});

// The second press sent the file a second time.
test("trying again twice sends once", () => {
  const { uploads, upload } = added([source("a.txt")]);
  request(0).respond(403, { detail: "no" });
  uploads.retry(upload()?.id ?? 0);
  uploads.retry(upload()?.id ?? 0);
  expect(FakeRequest.all).toHaveLength(2);
  accept(1);
  uploads.retry(upload()?.id ?? 0);
  expect(upload()?.state).toBe("received");
});

test("clearing the list leaves what is under way", () => {
  const { uploads } = added(sources(3));
  accept(0);
  request(1).respond(403, { detail: "no" });
  uploads.clear();
  expect(uploads.list.get().map(({ name }) => name)).toEqual(["3.txt"]);
});

test("the newest state of a stored file is shown", () => {
  const { uploads, upload } = added(sources(2));
  accept(0, { id: "f1", status: "pending" });
  accept(1, { id: "f2", status: "pending" });
  uploads.update(storedFile({ id: "f1", status: "completed" }));
  expect([upload(0)?.file?.status, upload(1)?.file?.status]).toEqual(["completed", "pending"]);
});

test("every try of an upload has its one key, so that a lost answer adds no second file", () => {
  const { upload } = added([source("a.txt"), source("b.txt")]);
  const keys = () => FakeRequest.all.map(({ sent }) => sent["Idempotency-Key"]);
  request(0).onerror?.();
  vi.advanceTimersByTime(1_000);
  const [first, other, again] = keys();
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  // The server has not noticed yet that the first try has gone.
  request(2).respond(409, {
    code: "idempotency-key-in-use",
    detail: "An upload with that Idempotency-Key is under way.",
  });
  expect(upload()).toMatchObject({ state: "queued", note: null });
  vi.advanceTimersByTime(5_000);
  expect(keys()[3]).toBe(first);
  accept(3);
  expect(upload()?.state).toBe("received");
});

test("what the drive has already is told and not sent, unless somebody wants it", () => {
  const asked: ((known: KnownFile | null) => void)[] = [];
  const handlers = { received: () => {}, keep: vi.fn(), forget: vi.fn(), end: () => {} };
  const uploads = new Uploads(handlers, (_, __, tell) => asked.push(tell));
  const upload = (index: number) => uploads.list.get()[index];
  uploads.add("d1", picked([source("new.txt"), source("known.txt"), source("paused.txt"), source("empty.txt", 0)]));
  expect(states(uploads)).toEqual(["checking", "checking", "checking", "sending"]);
  uploads.pause(upload(2)?.id ?? 0);
  asked[0]?.(null);
  asked[1]?.({ contentHash: "00", id: "f7", name: "other.txt" });
  asked[2]?.({ contentHash: "00", id: "f8", name: "paused.txt" });
  expect(states(uploads)).toEqual(["sending", "known", "paused", "sending"]);
  expect(upload(1)?.known?.name).toBe("other.txt");
  expect(handlers.forget).toHaveBeenCalledExactlyOnceWith([expect.objectContaining({ name: "known.txt" })]);
  expect(sentNames()).toEqual(["empty.txt", "new.txt"]);
  uploads.sendAnyway(upload(1)?.id ?? 0);
  expect(sentNames()).toEqual(["empty.txt", "new.txt", "known.txt"]);
});
