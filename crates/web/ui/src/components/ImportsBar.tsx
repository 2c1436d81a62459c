// What is fetched by link at the moment, and what failed of that since this page was opened.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { errorMessage } from "../api/http";
import { cancelImport, importsQuery, isFetching } from "../api/imports";
import type { Import } from "../api/types";
import { importShare, importWords } from "../lib/imports";
import { createStore, useStore } from "../lib/store";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import { toast } from "./Toasts";
import css from "./ImportsBar.module.css";

/** Imports that were asked for here, and whose end was not seen yet. */
const watched = createStore<ReadonlySet<string>>(new Set());

/** Says of an import how it ends, if that is not well. */
export const watchImport = (id: string) => watched.set((all) => new Set(all).add(id));
const dismiss = (id: string) => watched.set((all) => new Set([...all].filter((other) => other !== id)));

export function ImportsBar({ driveId }: { driveId: string }) {
  const imports = useQuery(importsQuery).data ?? [];
  const unseen = useStore(watched);
  const shown = imports.filter(
    (each) => each.driveId === driveId && (isFetching(each) || (each.state === "failed" && unseen.has(each.id))),
  );
  if (shown.length === 0) return null;
  return (
    <section className={css.bar} aria-label="Files that are fetched by link">
      {shown.map((each) => (
        <Row key={each.id} link={each} />
      ))}
    </section>
  );
}

function Row({ link }: { link: Import }) {
  const client = useQueryClient();
  const cancel = async () => {
    try {
      await cancelImport(link.id);
    } catch (error) {
      toast(errorMessage(error));
    }
    void client.invalidateQueries({ queryKey: importsQuery.queryKey });
  };
  return (
    <div className={css.row} data-import={link.state}>
      <div className={css.grow}>
        <p className="num" role={link.state === "failed" ? "alert" : undefined} title={link.url}>
          {importWords(link)}
        </p>
        {isFetching(link) && <ProgressBar label="Fetch a link" value={importShare(link)} tone="active" />}
      </div>
      {isFetching(link) ? (
        <Button variant="ghost" small icon="stop" onPress={() => void cancel()}>
          Cancel
        </Button>
      ) : (
        <Button variant="ghost" small icon="close" aria-label="Dismiss" onPress={() => dismiss(link.id)} />
      )}
    </div>
  );
}
