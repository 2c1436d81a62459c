// Having files read again, and saying what comes of it.
import { useQueryClient } from "@tanstack/react-query";
import { errorMessage } from "../api/http";
import { invalidateReadings } from "../api/readings";
import type { ReadingBegun } from "../api/types";
import { plural } from "../lib/format";
import { toast } from "./Toasts";

/** `begin` asks for a reading; `none` is said when there is nothing to read. */
export function useReadAgain() {
  const client = useQueryClient();
  return async function begin(ask: () => Promise<ReadingBegun>, none: string): Promise<void> {
    try {
      const { enqueued } = await ask();
      toast(enqueued > 0 ? `${plural(enqueued, "file")} will be read again` : none);
    } catch (error) {
      toast(errorMessage(error));
    }
    invalidateReadings(client);
  };
}
