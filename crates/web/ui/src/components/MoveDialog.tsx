// Which drive files go to: those in which the person may add some.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { drivesQuery } from "../api/drives";
import { changeFiles, type WholeList } from "../api/files";
import type { StoredFile } from "../api/types";
import { Choice, FormDialog } from "./FormDialog";
import { toast } from "./Toasts";

interface Props {
  files: StoredFile[] | WholeList;
  /** The drive they are in. */
  from: string;
  /** They, as a sentence names them. */
  what: string;
  onMoved: () => void;
  onClose: () => void;
}

export default function MoveDialog({ files, from, what, onMoved, onClose }: Props) {
  const client = useQueryClient();
  const drives = useQuery(drivesQuery).data?.filter(({ id, role }) => id !== from && role !== "viewer") ?? [];
  const [chosen, setChosen] = useState("");
  const to = drives.find(({ id }) => id === chosen) ?? drives[0];
  const move = async () => {
    if (!to) return;
    await changeFiles(files, "move", to.id);
    onMoved();
    for (const key of ["files", "file", "drives"]) void client.invalidateQueries({ queryKey: [key] });
    toast(`${what} moved to “${to.name}”`);
  };
  return (
    <FormDialog
      title={`Move ${what}`}
      text={
        to
          ? "Members of that drive will see it, members of this one no longer."
          : "There is no other drive in which you may add files."
      }
      submitLabel="Move"
      isDisabled={!to}
      onSubmit={move}
      onClose={onClose}
    >
      {to && (
        <Choice label="Drive" value={to.id} options={drives.map(({ id, name }) => [id, name])} onChange={setChosen} />
      )}
    </FormDialog>
  );
}
