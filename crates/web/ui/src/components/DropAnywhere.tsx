// The whole window takes drops and pasted files.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { limitsQuery } from "../api/files";
import { carriesFiles, filesOf, isIntoField } from "../lib/dropped";
import { formatBytes } from "../lib/format";
import type { Picked } from "../lib/handles";
import { Icon } from "./Icon";
import { toast } from "./Toasts";
import { useUpload } from "./UploadsProvider";
import css from "./DropAnywhere.module.css";

export function DropAnywhere({ driveId, driveName }: { driveId: string; driveName: string }) {
  const upload = useUpload();
  const limits = useQuery(limitsQuery).data;
  const [over, setOver] = useState(false);

  useEffect(() => {
    // dragenter and dragleave come in pairs for every element that is crossed; the balance says whether it is still
    // here.
    let depth = 0;
    const take = async (transfer: DataTransfer, pasted: boolean) => {
      try {
        const files = await filesOf(transfer);
        upload(driveId, pasted ? files.map(withPasteName) : files);
      } catch {
        toast("The browser could not read what was dropped.");
      }
    };
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (!carriesFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      void take(event.dataTransfer, false);
    };
    const paste = (event: ClipboardEvent) => {
      if (!isIntoField(event) && event.clipboardData?.files.length) void take(event.clipboardData, true);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hover);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", hover);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, [driveId, upload]);

  if (!over) return null;
  return (
    <div className={css.overlay} data-testid="drop-overlay">
      <div className={css.frame} />
      <div className={css.card}>
        <Icon name="upload" size={28} />
        <p className={css.title}>Drop to upload</p>
        <p className={css.hint}>Files and folders go to “{driveName}”</p>
        {limits && (
          <p className={css.hint}>
            Up to {formatBytes(limits.maxUploadBytes)} each
            {typeof limits.freeBytes === "number" && `, at least ${formatBytes(limits.freeBytes)} free`}
          </p>
        )}
      </div>
    </div>
  );
}

// Every pasted screenshot is called image.png; the time tells them apart.
function withPasteName({ file, handle }: Picked): Picked {
  if (!/^image\.\w+$/.test(file.name)) return { file, handle };
  const stamp = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  const name = `Pasted ${stamp}.${file.name.split(".").pop()}`;
  return { file: new File([file], name, { type: file.type }), handle: null };
}
