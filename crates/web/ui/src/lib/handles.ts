// Handles of files, by which a page finds them again after a reload. Chromium has them, on pages that are served with
// TLS or from the machine itself; what TypeScript does not know of them is said here.

declare global {
  interface FileSystemHandle {
    queryPermission?(how: { mode: "read" }): Promise<PermissionState>;
    requestPermission?(how: { mode: "read" }): Promise<PermissionState>;
  }
  interface FileSystemDirectoryHandle {
    values(): AsyncIterable<FileSystemHandle>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
  }
  interface Window {
    showOpenFilePicker?(how: { multiple: boolean }): Promise<FileSystemFileHandle[]>;
    showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>;
  }
}

/** A file, and the handle by which it is found again, where the browser has one. */
export interface Picked {
  file: File;
  handle: FileSystemFileHandle | null;
}

export const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === "file";

export const picked = async (handle: FileSystemFileHandle): Promise<Picked> => ({
  file: await handle.getFile(),
  handle,
});

/** The file, if it may be read without asking and is still there. */
export async function reopen(handle: FileSystemFileHandle): Promise<File | null> {
  return (await handle.queryPermission?.({ mode: "read" })) === "granted" ? fileOf(handle) : null;
}

/** The same, and the person is asked if that is needed. Only while a press of a button is handled. */
export async function askAndReopen(handle: FileSystemFileHandle): Promise<File | null> {
  return (await handle.requestPermission?.({ mode: "read" })) === "granted" ? fileOf(handle) : null;
}

const fileOf = (handle: FileSystemFileHandle) => handle.getFile().catch(() => null);
