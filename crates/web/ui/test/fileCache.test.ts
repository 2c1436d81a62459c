import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patchFile, pollFile, refreshFile } from "../src/api/fileCache";
import { fileQuery } from "../src/api/files";
import { storedFile } from "./builders";

let client: QueryClient;
let asked: string[];
/** Answers what was asked for last. */
let answer: (response: Response) => void;

beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return new Promise<Response>((resolve) => (answer = resolve));
  });
});

afterEach(() => {
  client.clear();
  vi.unstubAllGlobals();
});

const { queryKey } = fileQuery("f1");
const inList = (file: unknown) => ({ pages: [{ items: [file] }], pageParams: [""] });

test("a fresh file is shown in every list, and elsewhere nothing is made up", async () => {
  const other = inList(storedFile({ id: "f2" }));
  client.setQueryData(["files", "d1", {}], inList(storedFile({ id: "f1" })));
  client.setQueryData(["files", "d2", {}], other);
  const refreshed = refreshFile(client, "f1");
  const fresh = storedFile({ id: "f1", name: "renamed.txt" });
  answer(Response.json(fresh));
  expect(await refreshed).toEqual(fresh);
  expect(client.getQueryData(["files", "d1", {}])).toEqual(inList(fresh));
  expect(client.getQueryData(["files", "d2", {}])).toBe(other);
  expect(client.getQueryData(queryKey)).toBeUndefined();
});

test("a file that is gone, or a server that is, changes nothing", async () => {
  const list = inList(storedFile({ id: "f1" }));
  client.setQueryData(["files", "d1", {}], list);
  const refreshed = refreshFile(client, "f1");
  answer(Response.json({ code: "not-found" }, { status: 404 }));
  expect(await refreshed).toBeNull();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await refreshFile(client, "f1")).toBeNull();
  expect(client.getQueryData(["files", "d1", {}])).toBe(list);
});

test("a change is seen on the file's own page too", () => {
  client.setQueryData(queryKey, storedFile({ id: "f1", status: "pending" }));
  patchFile(client, "f1", (file) => ({ ...file, status: "completed" }));
  expect(client.getQueryData(queryKey)?.status).toBe("completed");
});

// Asking again and again faster than the server answers would never bring an answer.
test("polling waits for the answer that is on its way", async () => {
  client.setQueryData(queryKey, storedFile({ id: "f1" }));
  const unsubscribe = new QueryObserver(client, { ...fileQuery("f1"), staleTime: Infinity }).subscribe(() => {});
  const first = pollFile(client, "f1");
  expect(await pollFile(client, "f1")).toBeNull();
  expect(asked).toHaveLength(1);
  const fresh = storedFile({ id: "f1", name: "renamed.txt" });
  answer(Response.json(fresh));
  expect(await first).toEqual(fresh);
  unsubscribe();
});
