// Doing things with files, one or many, and the dialogs that ask before it.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { patchFile } from "../api/fileCache";
import { deleteFile, renameFile, trashFile } from "../api/files";
import { errorMessage } from "../api/http";
import { readDrive, readFile } from "../api/readings";
import type { StoredFile } from "../api/types";
import { plural } from "../lib/format";
import { ConfirmDialog, NameDialog } from "./Dialog";
import type { FileAction } from "./FileMenu";
import { toast } from "./Toasts";
import { useReadAgain } from "./useReadAgain";

interface Options {
  /** Files are going into the trash or out of it. */
  onMove?: () => void;
  /** They are deleted for good. */
  onDelete: () => void;
}

/** `act` begins an action; `dialogs` has to be shown by the caller. */
export function useFileActions({ onMove, onDelete }: Options) {
  const move = useTrash();
  const begin = useReadAgain();
  const [dialog, setDialog] = useState<{ action: "rename" | "delete"; files: StoredFile[] } | null>(null);
  const act = (action: FileAction, files: StoredFile[]) => {
    if (action === "read") return void begin(() => readAgain(files), "It is being read already");
    if (action === "rename" || action === "delete") return setDialog({ action, files });
    onMove?.();
    void move(files, action === "trash");
  };
  const close = () => setDialog(null);
  const renamed = dialog?.action === "rename" ? dialog.files[0] : undefined;
  const dialogs = (
    <>
      {renamed && <RenameDialog file={renamed} onClose={close} />}
      {dialog?.action === "delete" && <DeleteDialog files={dialog.files} onClose={close} onDelete={onDelete} />}
    </>
  );
  return { act, dialogs };
}

/** Those of one drive: a list is of one. */
function readAgain(files: StoredFile[]) {
  const [first] = files;
  if (!first) return Promise.resolve({ enqueued: 0 });
  return files.length === 1 ? readFile(first.id) : readDrive(first.driveId, { fileIds: files.map(({ id }) => id) });
}

/** Moves files to the trash, or back, and offers to undo it. */
function useTrash() {
  const client = useQueryClient();
  return async function move(files: StoredFile[], trashed: boolean): Promise<void> {
    const results = await Promise.allSettled(files.map(({ id }) => trashFile(id, trashed)));
    await client.invalidateQueries({ queryKey: ["files"] });
    void client.invalidateQueries({ queryKey: ["drives"] });
    for (const { id } of files) void client.invalidateQueries({ queryKey: ["file", id] });
    const failed = results.find((result) => result.status === "rejected");
    if (failed) return toast(errorMessage(failed.reason));
    const what = files.length === 1 ? `“${files[0]?.name}”` : plural(files.length, "file");
    toast(
      trashed ? `${what} moved to the trash` : `${what} restored`,
      trashed ? { label: "Undo", run: () => void move(files, false) } : undefined,
    );
  };
}

function RenameDialog({ file, onClose }: { file: StoredFile; onClose: () => void }) {
  const client = useQueryClient();
  const rename = async (name: string) => {
    const renamed = await renameFile(file.id, name);
    patchFile(client, file.id, () => renamed);
    void client.invalidateQueries({ queryKey: ["files", file.driveId] });
  };
  return (
    <NameDialog
      title="Rename file"
      label="Name"
      initial={file.name}
      submitLabel="Rename"
      onSubmit={rename}
      onClose={onClose}
    />
  );
}

interface DeleteProps {
  files: StoredFile[];
  onClose: () => void;
  onDelete: () => void;
}

function DeleteDialog({ files, onClose, onDelete }: DeleteProps) {
  const client = useQueryClient();
  const remove = async () => {
    for (const { id } of files) await deleteFile(id);
    onDelete();
    void client.invalidateQueries({ queryKey: ["files"] });
    void client.invalidateQueries({ queryKey: ["drives"] });
  };
  const what = files.length === 1 ? `“${files[0]?.name}”` : plural(files.length, "file");
  return (
    <ConfirmDialog
      title={`Delete ${what}?`}
      text="This cannot be undone. Images and text made from it go too, unless another file has the same content."
      confirmLabel="Delete for good"
      onConfirm={remove}
      onClose={onClose}
    />
  );
}
