// /: goes to the drive that was looked at last, or to the first one.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { drivesQuery } from "../api/drives";
import { Button } from "../components/Button";
import { EmptyState, LoadError } from "../components/EmptyState";
import { NewDrive } from "../components/NewDrive";
import { lastDrive } from "../lib/lastDrive";
import { navigate } from "../lib/router";

export default function Home() {
  const drives = useQuery(drivesQuery);
  const [creating, setCreating] = useState(false);
  const target = drives.data && (drives.data.find(({ id }) => id === lastDrive()) ?? drives.data[0]);
  useEffect(() => {
    if (target) navigate(`/drives/${target.id}`, { replace: true });
  }, [target]);
  if (drives.isError) return <LoadError error={drives.error} retry={() => void drives.refetch()} />;
  if (drives.isPending || target) return null;
  return (
    <>
      <EmptyState
        icon="drive"
        title="No drive yet"
        actions={
          <Button variant="primary" icon="plus" onPress={() => setCreating(true)}>
            New drive
          </Button>
        }
      >
        A drive is a space for files. Create one, then drop files into it.
      </EmptyState>
      {creating && <NewDrive onClose={() => setCreating(false)} />}
    </>
  );
}
