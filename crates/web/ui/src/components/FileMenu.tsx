// What can be done with one file, and the dialogs that belong to it.
import { useQueryClient } from "@tanstack/react-query";
import { patchFile } from "../api/fileCache";
import { deleteFile, originalUrl, renameFile, trashFile } from "../api/files";
import { sentence } from "../api/http";
import type { StoredFile } from "../api/types";
import { plural } from "../lib/format";
import { Button } from "./Button";
import { ConfirmDialog, NameDialog } from "./Dialog";
import { Menu, MenuItem, MenuLine } from "./Menu";
import { toast } from "./Toasts";

export type FileAct = "rename" | "trash" | "restore" | "delete";

export function FileMenu({ file, onAct }: { file: StoredFile; onAct: (act: FileAct) => void }) {
  return (
    <Menu
      label={`Actions for ${file.name}`}
      trigger={<Button look="ghost" small icon="dots" aria-label={`Actions for ${file.name}`} />}
    >
      <MenuItem icon="download" onAction={() => download(file)}>
        Download original
      </MenuItem>
      <MenuItem icon="pencil" onAction={() => onAct("rename")}>
        Rename…
      </MenuItem>
      <MenuLine />
      {file.trashedAt ? (
        <MenuItem icon="undo" onAction={() => onAct("restore")}>
          Restore
        </MenuItem>
      ) : (
        <MenuItem icon="trash" onAction={() => onAct("trash")}>
          Move to trash
        </MenuItem>
      )}
      {file.trashedAt && (
        <MenuItem icon="trash" danger onAction={() => onAct("delete")}>
          Delete for good…
        </MenuItem>
      )}
    </Menu>
  );
}

export function download(file: StoredFile): void {
  const link = document.createElement("a");
  link.href = originalUrl(file.id);
  link.download = file.name;
  link.click();
}

/** Moves files to the trash, or back, and offers to undo it. */
export function useTrash() {
  const client = useQueryClient();
  return async function move(files: StoredFile[], trashed: boolean): Promise<void> {
    const results = await Promise.allSettled(files.map(({ id }) => trashFile(id, trashed)));
    await client.invalidateQueries({ queryKey: ["files"] });
    void client.invalidateQueries({ queryKey: ["drives"] });
    for (const { id } of files) void client.invalidateQueries({ queryKey: ["file", id] });
    const failed = results.find((result) => result.status === "rejected");
    if (failed) return toast(sentence(failed.reason));
    const what = files.length === 1 ? `“${files[0]?.name}”` : plural(files.length, "file");
    toast(
      trashed ? `${what} moved to the trash` : `${what} restored`,
      trashed ? { label: "Undo", run: () => void move(files, false) } : undefined,
    );
  };
}

export function RenameDialog({ file, onClose }: { file: StoredFile; onClose: () => void }) {
  const client = useQueryClient();
  const rename = async (name: string) => {
    const renamed = await renameFile(file.id, name);
    patchFile(client, file.id, () => renamed);
    void client.invalidateQueries({ queryKey: ["files", file.driveId] });
  };
  return (
    <NameDialog title="Rename file" label="Name" initial={file.name} action="Rename" act={rename} onClose={onClose} />
  );
}

export function DeleteDialog({
  files,
  onClose,
  onDone,
}: {
  files: StoredFile[];
  onClose: () => void;
  onDone?: () => void;
}) {
  const client = useQueryClient();
  const remove = async () => {
    for (const { id } of files) await deleteFile(id);
    onDone?.();
    void client.invalidateQueries({ queryKey: ["files"] });
    void client.invalidateQueries({ queryKey: ["drives"] });
  };
  const what = files.length === 1 ? `“${files[0]?.name}”` : plural(files.length, "file");
  return (
    <ConfirmDialog
      title={`Delete ${what}?`}
      text="This cannot be undone. Images and text made from it go too, unless another file has the same content."
      action="Delete for good"
      act={remove}
      onClose={onClose}
    />
  );
}
