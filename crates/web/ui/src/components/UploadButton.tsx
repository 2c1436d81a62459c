// Chooses files, or a folder, of the computer to upload.
import { useQuery } from "@tanstack/react-query";
import { limitsQuery } from "../api/files";
import { formatBytes } from "../lib/format";
import { pickFiles, pickFolder } from "../lib/pick";
import type { Picked } from "../lib/handles";
import { Button } from "./Button";
import { Menu, MenuItem } from "./Menu";
import { toast } from "./Toasts";
import { useUpload } from "./UploadsProvider";
import css from "./UploadButton.module.css";

export function UploadButton({ driveId, label = "Upload" }: { driveId: string; label?: string }) {
  const upload = useUpload();
  const limits = useQuery(limitsQuery).data;
  const take = async (files: Promise<Picked[]>) => {
    try {
      upload(driveId, await files);
    } catch {
      toast("The browser could not read what was chosen.");
    }
  };
  return (
    <div className={css.pair}>
      <Button variant="primary" icon="upload" onPress={() => void take(pickFiles())}>
        {label}
      </Button>
      <Menu
        label="Ways to upload"
        trigger={<Button variant="primary" icon="chevronDown" aria-label="More ways to upload" />}
      >
        <MenuItem
          icon="file"
          note={limits ? `up to ${formatBytes(limits.maxUploadBytes)} each` : ""}
          onAction={() => void take(pickFiles())}
        >
          Files…
        </MenuItem>
        <MenuItem icon="library" onAction={() => void take(pickFolder())}>
          All files of a folder…
        </MenuItem>
      </Menu>
    </div>
  );
}
