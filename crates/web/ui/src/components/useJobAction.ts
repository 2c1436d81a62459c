// What a person does to jobs: one way to run it, to say how it went, and to show what it changed.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorMessage } from "../api/http";
import { invalidateJobs } from "../api/jobs";
import { toast } from "./Toasts";

/** Runs an action, says how it went, and asks again for all that it may have changed. */
export function useJobAction() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const run = async <T>(action: () => Promise<T>, describe: (result: T) => string) => {
    setBusy(true);
    try {
      toast(describe(await action()));
    } catch (error) {
      toast(errorMessage(error));
    } finally {
      setBusy(false);
      invalidateJobs(client);
    }
  };
  return { busy, run };
}
