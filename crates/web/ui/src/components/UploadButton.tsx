// Chooses files of the computer to upload.
import { FileTrigger } from "react-aria-components/FileTrigger";
import { Button } from "./Button";
import { useUploads } from "./UploadsProvider";

export function UploadButton({ driveId, label = "Upload" }: { driveId: string; label?: string }) {
  const uploads = useUploads();
  return (
    <FileTrigger allowsMultiple onSelect={(picked) => picked && uploads.add(driveId, [...picked])}>
      <Button variant="primary" icon="upload">
        {label}
      </Button>
    </FileTrigger>
  );
}
