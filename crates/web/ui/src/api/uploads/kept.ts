// What outlives the page of its open uploads: which they are, and the browser's handles of their files where it has
// such. Without a database (private windows) nothing does, and the server's own list is all there is after a reload.
import type { FileFacts } from "./upload";

export interface Kept extends FileFacts {
  key: string;
  /** Whose it is: others may sign in here. */
  userId: string;
  /** The tab that is at it. */
  tab: string;
  driveId: string;
  handle: FileSystemFileHandle | null;
  remoteId: string | null;
  isPaused: boolean;
  /** Given up, and the server has not heard so yet. */
  isCancelled: boolean;
}

const NAME = "pagespace-uploads";
const STORE = "uploads";

/** All of that person's. */
export async function listKept(userId: string): Promise<Kept[]> {
  const all = await withStore("readonly", (store) => store.getAll() as IDBRequest<Kept[]>);
  return (all ?? []).filter((kept) => kept.userId === userId);
}

export async function keep(uploads: Kept[]): Promise<void> {
  await withStore("readwrite", (store) => {
    for (const upload of uploads) store.put(upload);
    return null;
  });
}

export async function forget(keys: string[]): Promise<void> {
  await withStore("readwrite", (store) => {
    for (const key of keys) store.delete(key);
    return null;
  });
}

/** A machine that is shared keeps no names of files after signing out. */
export async function forgetAll(): Promise<void> {
  await withStore("readwrite", (store) => store.clear());
}

async function withStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T> | null,
): Promise<T | null> {
  const database = await open();
  if (!database) return null;
  return new Promise((resolve) => {
    const transaction = database.transaction(STORE, mode);
    const asked = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked?.result ?? null);
    transaction.onabort = () => resolve(null);
    transaction.onerror = () => resolve(null);
  });
}

let opened: Promise<IDBDatabase | null> | null = null;

function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}
