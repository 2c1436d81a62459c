// What can be done with all files of a drive, as a menu.
import { useState } from "react";
import { readDrive, type ReadWish } from "../api/readings";
import type { Drive } from "../api/types";
import { Button } from "./Button";
import { ConfirmDialog } from "./Dialog";
import { Menu, MenuItem, MenuLine } from "./Menu";
import { useReadAgain } from "./useReadAgain";

export function DriveMenu({ drive }: { drive: Drive }) {
  const begin = useReadAgain();
  const [asks, setAsks] = useState(false);
  const read = (wish: ReadWish, none: string) => begin(() => readDrive(drive.id, wish), none);
  if (drive.role === "viewer") return null;
  return (
    <>
      <Menu
        label="Actions for this drive"
        trigger={<Button variant="ghost" icon="dots" aria-label="Actions for this drive" />}
      >
        <MenuItem icon="retry" onAction={() => void read({ what: "failed" }, "No file here has failed")}>
          Read failed files again
        </MenuItem>
        <MenuItem icon="text" onAction={() => void read({ what: "without_text" }, "Every file here has its text")}>
          Read files without text again
        </MenuItem>
        <MenuItem
          icon="clock"
          onAction={() => void read({ what: "older_reader" }, "No file here was read by an older version")}
        >
          Read what an older version read
        </MenuItem>
        <MenuLine />
        <MenuItem icon="library" onAction={() => setAsks(true)}>
          Read all files again…
        </MenuItem>
      </Menu>
      {asks && (
        <ConfirmDialog
          title={`Read all files in “${drive.name}” again?`}
          text="It is done behind all other work. Every file keeps what it has until something better is read."
          confirmLabel="Read again"
          onConfirm={() => read({ what: "all" }, "There is nothing to read")}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
