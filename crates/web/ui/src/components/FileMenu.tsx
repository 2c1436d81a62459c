// What can be done with one file, as a menu.
import { originalUrl } from "../api/files";
import type { StoredFile } from "../api/types";
import { save } from "../lib/save";
import { Button } from "./Button";
import { Menu, MenuItem, MenuLine } from "./Menu";

export type FileAction = "read" | "rename" | "move" | "trash" | "restore" | "delete";

export function FileMenu({ file, onAction }: { file: StoredFile; onAction: (action: FileAction) => void }) {
  return (
    <Menu
      label={`Actions for ${file.name}`}
      trigger={<Button variant="ghost" small icon="dots" aria-label={`Actions for ${file.name}`} />}
    >
      <MenuItem icon="download" onAction={() => download(file)}>
        Download original
      </MenuItem>
      <MenuItem icon="pencil" onAction={() => onAction("rename")}>
        Rename…
      </MenuItem>
      <MenuItem icon="drive" onAction={() => onAction("move")}>
        Move to another drive…
      </MenuItem>
      {!file.trashedAt && (
        <MenuItem icon="retry" onAction={() => onAction("read")}>
          Read again
        </MenuItem>
      )}
      <MenuLine />
      {file.trashedAt ? (
        <MenuItem icon="undo" onAction={() => onAction("restore")}>
          Restore
        </MenuItem>
      ) : (
        <MenuItem icon="trash" onAction={() => onAction("trash")}>
          Move to trash
        </MenuItem>
      )}
      {file.trashedAt && (
        <MenuItem icon="trash" danger onAction={() => onAction("delete")}>
          Delete for good…
        </MenuItem>
      )}
    </Menu>
  );
}

export const download = (file: StoredFile) => save(originalUrl(file.id), file.name);
