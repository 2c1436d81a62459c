// What is read again at the moment: how far each is, and its end before its time.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { cancelReading, invalidateReadings, isUnderWay, readingsQuery } from "../api/readings";
import type { Reading } from "../api/types";
import { readingWords } from "../lib/readings";
import { WorkBar, WorkRow } from "./WorkBar";

/** Those of a drive; all, when none is given. */
export function ReadingsBar({ driveId }: { driveId?: string }) {
  const readings = useQuery(readingsQuery).data ?? [];
  const shown = readings.filter((reading) => isUnderWay(reading) && (!driveId || isAbout(reading, driveId)));
  if (shown.length === 0) return null;
  return (
    <WorkBar label="Files that are read again">
      {shown.map((reading) => (
        <Row key={reading.id} reading={reading} />
      ))}
    </WorkBar>
  );
}

/** A reading of all drives is about each. */
const isAbout = (reading: Reading, driveId: string) => !reading.driveId || reading.driveId === driveId;

function Row({ reading }: { reading: Reading }) {
  const client = useQueryClient();
  return (
    <WorkRow
      words={readingWords(reading)}
      progress={{ label: "Read again", value: reading.done / Math.max(1, reading.total) }}
      cancel={() => cancelReading(reading.id)}
      refresh={() => invalidateReadings(client)}
      data-reading={reading.state}
    />
  );
}
