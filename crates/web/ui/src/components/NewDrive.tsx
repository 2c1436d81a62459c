// Creates a drive and goes there.
import { useQueryClient } from "@tanstack/react-query";
import { createDrive, drivesQuery } from "../api/drives";
import { navigate } from "../lib/router";
import { NameDialog } from "./Dialog";

export function NewDrive({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const create = async (name: string) => {
    const drive = await createDrive(name);
    await client.invalidateQueries({ queryKey: drivesQuery.queryKey });
    navigate(`/drives/${drive.id}`);
  };
  return <NameDialog title="New drive" label="Name" submitLabel="Create" onSubmit={create} onClose={onClose} />;
}
