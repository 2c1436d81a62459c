import { InfiniteQueryObserver, QueryClient, QueryObserver, type InfiniteData } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drivesQuery } from "../src/api/drives";
import { fileJobsQuery, fileQuery, filesQuery } from "../src/api/files";
import { createLive } from "../src/api/live";
import { systemQuery } from "../src/api/system";
import type { Page, StoredFile } from "../src/api/types";
import { storedFile } from "./builders";
import { FakeSocket } from "./fakeSocket";

/** What the server has, by path. */
let server: Record<string, unknown>;
/** What was asked for since the test last looked. */
let asked: string[];
let client: QueryClient;
let unsubscribe: (() => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  server = {};
  asked = [];
  unsubscribe = [];
  client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  client.mount();
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: string) => {
    const path = url.slice("/api/v1".length).replace(/\?.*/, "");
    asked.push(path);
    const found = server[path];
    return found ? Response.json(found) : Response.json({ code: "not-found" }, { status: 404 });
  });
});

afterEach(() => {
  for (const end of unsubscribe) end();
  client.unmount();
  client.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function connected() {
  const live = createLive(client, "ws://server/ws");
  live.realtime.start();
  FakeSocket.newest.welcome();
  return live;
}

const tell = (kind: string, fileId: string, data: object = {}, driveId = "d1") =>
  FakeSocket.newest.event({ id: 1, kind, driveId, fileId, data });
const progress = (fileId: string, done: number) => tell("file.progress", fileId, { stage: "page", done, total: 9 });

/** Lets what is planned happen, and says what was asked for. */
async function settled(ms = 350): Promise<string[]> {
  await vi.advanceTimersByTimeAsync(ms);
  return asked.splice(0).sort();
}

const filter = { q: "", status: "", type: "", sort: "", trashed: false };

/** The pages that are open: a drive's list, a file's page with its jobs, or neither. */
async function shown({ list, page }: { list?: StoredFile[]; page?: StoredFile }) {
  if (list) {
    server["/drives/d1/files"] = { items: list };
    server["/drives"] = [{ id: "d1" }];
    unsubscribe.push(new InfiniteQueryObserver(client, filesQuery("d1", filter)).subscribe(() => {}));
    unsubscribe.push(new QueryObserver(client, drivesQuery).subscribe(() => {}));
  }
  if (page) {
    server[`/files/${page.id}`] = page;
    server[`/files/${page.id}/jobs`] = [];
    unsubscribe.push(new QueryObserver(client, fileQuery(page.id)).subscribe(() => {}));
    unsubscribe.push(new QueryObserver(client, fileJobsQuery(page.id, false)).subscribe(() => {}));
  }
  await settled(0);
}

const listed = () =>
  client
    .getQueryData<InfiniteData<Page<StoredFile>>>(filesQuery("d1", filter).queryKey)
    ?.pages.flatMap(({ items }) => items);
const onPage = (id: string) => client.getQueryData(fileQuery(id).queryKey);

test("a status shows at once, and the rest of the file soon after", async () => {
  await shown({ list: [storedFile({ id: "f1", status: "processing" }), storedFile({ id: "f2" })] });
  server["/files/f1"] = storedFile({ id: "f1", status: "completed", format: "pdf" });
  connected();
  tell("file.status", "f1", { status: "completed" });
  expect(listed()?.[0]).toMatchObject({ status: "completed", format: "txt" });
  expect(await settled(349)).toEqual([]);
  expect(await settled(1)).toEqual(["/files/f1"]);
  expect(listed()?.[0]).toMatchObject({ status: "completed", format: "pdf" });
});

// The file was asked for by the event and again by its own page.
test("an event asks once for a file, also when its page is open", async () => {
  const before = storedFile({ id: "f1", status: "processing" });
  await shown({ list: [before], page: before });
  server["/files/f1"] = storedFile({ id: "f1", format: "pdf" });
  connected();
  tell("file.status", "f1", { status: "completed" });
  expect(await settled()).toEqual(["/files/f1", "/files/f1/jobs"]);
  expect(onPage("f1")).toMatchObject({ format: "pdf" });
  expect(listed()?.[0]).toMatchObject({ format: "pdf" });
});

test("a file that changed in its list is asked for by its list and its page, once each", async () => {
  const file = storedFile({ id: "f1" });
  await shown({ list: [file, storedFile({ id: "f2" })], page: file });
  connected();
  tell("file.updated", "f1");
  expect(await settled()).toEqual(["/drives", "/drives/d1/files", "/files/f1", "/files/f1/jobs"]);
  tell("file.updated", "f2");
  expect(await settled()).toEqual(["/drives", "/drives/d1/files"]);
});

test("a file whose list and own state changed together is asked for once", async () => {
  const file = storedFile({ id: "f1" });
  await shown({ page: file });
  connected();
  tell("file.updated", "f1");
  tell("file.status", "f1", { status: "completed" });
  expect(await settled()).toEqual(["/files/f1", "/files/f1/jobs"]);
});

test("many events cost few requests", async () => {
  await shown({ list: [storedFile({ id: "f1" })] });
  connected();
  for (let index = 0; index < 20; index += 1) tell("file.created", `new${index}`);
  expect(await settled()).toEqual(["/drives", "/drives/d1/files"]);
  for (const index of [1, 2]) tell("file.status", `f${index}`, { status: "completed" });
  for (const index of [1, 2]) tell("file.status", `f${index}`, { status: "completed" });
  expect(await settled()).toEqual(["/files/f1", "/files/f2"]);
});

test("of more than eight files the list is asked for, once, and the page that is open", async () => {
  const file = storedFile({ id: "f3" });
  await shown({ list: [file], page: file });
  connected();
  for (let index = 0; index < 9; index += 1) tell("file.status", `f${index}`, { status: "completed" });
  tell("file.created", "f10");
  expect(await settled()).toEqual(["/drives", "/drives/d1/files", "/files/f3", "/files/f3/jobs"]);
});

test("an alert that begins or ends is shown at once", async () => {
  server["/system"] = { alerts: [] };
  unsubscribe.push(new QueryObserver(client, { ...systemQuery, refetchInterval: false }).subscribe(() => {}));
  await settled();
  connected();
  for (const kind of ["alert.began", "alert.ended"]) {
    FakeSocket.newest.event({ id: 1, kind, data: { name: "memory" } });
    expect(await settled()).toEqual(["/system"]);
  }
});

test("what nobody looks at is not asked for", async () => {
  connected();
  tell("file.created", "f1");
  tell("file.updated", "f1");
  expect(await settled()).toEqual([]);
});

test("a file that is gone meanwhile does no harm", async () => {
  await shown({ list: [storedFile({ id: "f1" })] });
  connected();
  tell("file.status", "f1", { status: "failed" });
  expect(await settled()).toEqual(["/files/f1"]);
  expect(listed()?.[0]?.status).toBe("failed");
});

test("progress shows without a request, and says that work has begun", async () => {
  await shown({ list: [storedFile({ id: "f1", status: "pending" }), storedFile({ id: "f2" })] });
  const live = connected();
  progress("f1", 3);
  progress("f2", 1);
  expect(live.progress.get()).toEqual({
    f1: { stage: "page", done: 3, total: 9 },
    f2: { stage: "page", done: 1, total: 9 },
  });
  expect(listed()?.map(({ status }) => status)).toEqual(["processing", "completed"]);
  expect(await settled()).toEqual([]);
});

test("progress ends with the work, or with the file", () => {
  const live = connected();
  for (const id of ["f1", "f2", "f3"]) progress(id, 1);
  tell("file.status", "f1", { status: "completed" });
  tell("file.status", "f2", { status: "processing" });
  tell("file.deleted", "f3");
  expect(Object.keys(live.progress.get())).toEqual(["f2"]);
});

// It stood there for ever when the event that ended the work was among those missed.
test("after a gap everything shown is asked for, and old progress is gone", async () => {
  const file = storedFile({ id: "f1" });
  await shown({ list: [file], page: file });
  const live = connected();
  progress("f1", 8);
  FakeSocket.newest.receive({ type: "resync" });
  expect(live.progress.get()).toEqual({});
  expect(await settled(0)).toEqual(["/drives", "/drives/d1/files", "/files/f1", "/files/f1/jobs"]);
});

test("an answer that was already on its way does not bring back what was before the event", async () => {
  await shown({ page: storedFile({ id: "f1", status: "processing" }) });
  const answers: ((response: Response) => void)[] = [];
  vi.stubGlobal("fetch", async (url: string) =>
    url.endsWith("/jobs") ? Response.json([]) : new Promise<Response>((answer) => answers.push(answer)),
  );
  connected();
  void client.refetchQueries({ queryKey: fileQuery("f1").queryKey, exact: true });
  tell("file.status", "f1", { status: "completed" });
  await settled();
  expect(answers).toHaveLength(2);
  answers[1]?.(Response.json(storedFile({ id: "f1", status: "completed" })));
  answers[0]?.(Response.json(storedFile({ id: "f1", status: "processing" })));
  await settled(0);
  expect(onPage("f1")?.status).toBe("completed");
});
