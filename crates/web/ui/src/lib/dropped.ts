// The files of a drop or a paste, folders walked.
import { isFile, picked, type Picked } from "./handles";

/** Must be called while the event is handled: the browser empties the transfer afterwards. */
export function filesOf(transfer: DataTransfer): Promise<Picked[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const dropped = items.map((item) => ({
    handle: item.getAsFileSystemHandle?.().catch(() => null) ?? null,
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
  }));
  return Promise.all(
    dropped.map(async ({ handle, entry, file }) => {
      const found = await handle;
      if (found) return walkHandle(found);
      if (entry?.isDirectory) return walkEntry(entry);
      return file ? [{ file, handle: null }] : [];
    }),
  ).then((lists) => lists.flat());
}

/** The file, or all files of the folder and of those in it. */
export async function walkHandle(handle: FileSystemHandle): Promise<Picked[]> {
  if (isFile(handle)) return [await picked(handle)];
  const files: Picked[] = [];
  for await (const child of (handle as FileSystemDirectoryHandle).values()) files.push(...(await walkHandle(child)));
  return files;
}

async function walkEntry(entry: FileSystemEntry): Promise<Picked[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, handle: null }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: Picked[] = [];
  // A reader gives its entries in portions; an empty one is the end.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return files;
    for (const child of portion) files.push(...(await walkEntry(child)));
  }
}

/** What is pasted where somebody types is the field's. */
export const isIntoField = ({ target }: Event) =>
  target instanceof HTMLElement && target.closest("input, textarea, [contenteditable]") !== null;

export const carriesFiles = (transfer: DataTransfer | null) => transfer?.types.includes("Files") ?? false;
