// What is fetched by link at the moment, and what failed of that since this page was opened.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { cancelImport, importsQuery, isFetching } from "../api/imports";
import type { Import } from "../api/types";
import { importShare, importWords } from "../lib/imports";
import { createStore, useStore } from "../lib/store";
import { WorkBar, WorkRow } from "./WorkBar";

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
    <WorkBar label="Files that are fetched by link">
      {shown.map((each) => (
        <Row key={each.id} link={each} />
      ))}
    </WorkBar>
  );
}

function Row({ link }: { link: Import }) {
  const client = useQueryClient();
  return (
    <WorkRow
      words={importWords(link)}
      title={link.url}
      progress={isFetching(link) ? { label: "Fetch a link", value: importShare(link) } : null}
      cancel={() => cancelImport(link.id)}
      refresh={() => void client.invalidateQueries({ queryKey: importsQuery.queryKey })}
      onDismiss={() => dismiss(link.id)}
      data-import={link.state}
    />
  );
}
