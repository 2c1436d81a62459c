// Doing things with files, one, many or all of a list, and the dialogs that ask before it.
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { patchFile } from "../api/fileCache";
import { changeFiles, renameFile, type WholeList } from "../api/files";
import { errorMessage } from "../api/http";
import { readDrive, readFile } from "../api/readings";
import type { StoredFile } from "../api/types";
import { plural } from "../lib/format";
import { ConfirmDialog, NameDialog } from "./Dialog";
import type { FileAction } from "./FileMenu";
import { toast } from "./Toasts";
import { useReadAgain } from "./useReadAgain";

const MoveDialog = lazy(() => import("./MoveDialog"));

interface Options {
  /** Files are going into the trash or out of it, or have gone to another drive. */
  onMove?: () => void;
  /** They are deleted for good. */
  onDelete: () => void;
}

interface Asked {
  action: "rename" | "move" | "delete";
  files: StoredFile[];
  list: WholeList | undefined;
}

/** What a sentence calls them. */
const nameOf = (files: StoredFile[], list?: WholeList) =>
  list ? "all files" : files.length === 1 ? `“${files[0]?.name}”` : plural(files.length, "file");

/**
 * `act` begins an action, with the whole list where one is given; `dialogs` has to be shown by the caller.
 */
export function useFileActions({ onMove, onDelete }: Options) {
  const move = useTrash();
  const begin = useReadAgain();
  const [asked, setAsked] = useState<Asked | null>(null);
  const act = (action: FileAction, files: StoredFile[], list?: WholeList) => {
    if (action === "read") return void begin(() => readAgain(files), "It is being read already");
    if (action === "rename" || action === "move" || action === "delete") return setAsked({ action, files, list });
    onMove?.();
    void move(files, action, list);
  };
  const close = () => setAsked(null);
  const [first] = asked?.files ?? [];
  const dialogs = (
    <>
      {asked?.action === "rename" && first && <RenameDialog file={first} onClose={close} />}
      {asked?.action === "delete" && <DeleteDialog {...asked} onClose={close} onDelete={onDelete} />}
      {asked?.action === "move" && first && (
        <Suspense>
          <MoveDialog
            files={asked.list ?? asked.files}
            from={first.driveId}
            what={nameOf(asked.files, asked.list)}
            onMoved={() => onMove?.()}
            onClose={close}
          />
        </Suspense>
      )}
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
  return async function move(files: StoredFile[], action: "trash" | "restore", list?: WholeList): Promise<void> {
    const failed = await changeFiles(list ?? files, action).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await client.invalidateQueries({ queryKey: ["files"] });
    for (const key of ["drives", "file"]) void client.invalidateQueries({ queryKey: [key] });
    if (failed) return toast(errorMessage(failed.error));
    const what = nameOf(files, list);
    // Of a whole list it is not known any more which were in it.
    const undo = action === "trash" && !list && { label: "Undo", run: () => void move(files, "restore") };
    toast(action === "trash" ? `${what} moved to the trash` : `${what} restored`, undo || undefined);
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
  list: WholeList | undefined;
  onClose: () => void;
  onDelete: () => void;
}

function DeleteDialog({ files, list, onClose, onDelete }: DeleteProps) {
  const client = useQueryClient();
  const remove = async () => {
    await changeFiles(list ?? files, "delete");
    onDelete();
    void client.invalidateQueries({ queryKey: ["files"] });
    void client.invalidateQueries({ queryKey: ["drives"] });
  };
  return (
    <ConfirmDialog
      title={`Delete ${nameOf(files, list)}?`}
      text="This cannot be undone. Images and text made from it go too, unless another file has the same content."
      confirmLabel="Delete for good"
      onConfirm={remove}
      onClose={onClose}
    />
  );
}
