// What is read again at the moment: how far each is, and its end before its time.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { errorMessage } from "../api/http";
import { cancelReading, invalidateReadings, isUnderWay, readingsQuery } from "../api/readings";
import type { Reading } from "../api/types";
import { readingWords } from "../lib/readings";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import { toast } from "./Toasts";
import css from "./ReadingsBar.module.css";

/** Those of a drive; all, when none is given. */
export function ReadingsBar({ driveId }: { driveId?: string }) {
  const readings = useQuery(readingsQuery).data ?? [];
  const shown = readings.filter((reading) => isUnderWay(reading) && (!driveId || isAbout(reading, driveId)));
  if (shown.length === 0) return null;
  return (
    <section className={css.bar} aria-label="Files that are read again">
      {shown.map((reading) => (
        <Row key={reading.id} reading={reading} />
      ))}
    </section>
  );
}

/** A reading of all drives is about each. */
const isAbout = (reading: Reading, driveId: string) => !reading.driveId || reading.driveId === driveId;

function Row({ reading }: { reading: Reading }) {
  const client = useQueryClient();
  const cancel = async () => {
    try {
      await cancelReading(reading.id);
    } catch (error) {
      toast(errorMessage(error));
    }
    invalidateReadings(client);
  };
  return (
    <div className={css.row} data-reading={reading.state}>
      <div className={css.grow}>
        <p className="num">{readingWords(reading)}</p>
        <ProgressBar label="Read again" value={reading.done / Math.max(1, reading.total)} tone="active" />
      </div>
      <Button variant="ghost" small icon="stop" onPress={() => void cancel()}>
        Cancel
      </Button>
    </div>
  );
}
