// A file in the query cache: on its own page and in every list that shows it.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { fileQuery, getFile } from "./files";
import type { Page, StoredFile } from "./types";

/** Changes a file wherever it is shown. */
export function patchFile(client: QueryClient, id: string, change: (file: StoredFile) => StoredFile): void {
  client.setQueryData(fileQuery(id).queryKey, (file) => file && change(file));
  client.setQueriesData<InfiniteData<Page<StoredFile>>>({ queryKey: ["files"] }, (list) => {
    if (!list?.pages.some((page) => page.items.some((file) => file.id === id))) return list;
    const pages = list.pages.map((page) => ({
      ...page,
      items: page.items.map((file) => (file.id === id ? change(file) : file)),
    }));
    return { ...list, pages };
  });
}

/** Asks for one file and puts the answer wherever it is shown; null when it is gone or cannot be reached. */
export async function refreshFile(client: QueryClient, id: string): Promise<StoredFile | null> {
  try {
    const fresh = await fetchFile(client, id);
    if (fresh) patchFile(client, id, () => fresh);
    return fresh;
  } catch {
    // What is shown stays until it is asked for again.
    return null;
  }
}

/** As `refreshFile`, for asking from time to time: not while an answer is on its way, which would begin again. */
export async function pollFile(client: QueryClient, id: string): Promise<StoredFile | null> {
  const { queryKey } = fileQuery(id);
  return client.isFetching({ queryKey, exact: true }) > 0 ? null : refreshFile(client, id);
}

// A page that shows the file asks through its own query, so that what it was already asking is not answered later with
// something older, and nothing is asked twice.
async function fetchFile(client: QueryClient, id: string): Promise<StoredFile | null> {
  const { queryKey } = fileQuery(id);
  if (!client.getQueryCache().find({ queryKey, exact: true })?.isActive()) return getFile(id);
  await client.refetchQueries({ queryKey, exact: true }, { throwOnError: true });
  return client.getQueryData(queryKey) ?? null;
}
