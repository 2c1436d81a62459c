// What was found: files with their best pages, and the lines of these with the words marked.
import type { Drive, FoundFile } from "../api/types";
import { formatAgo, plural } from "../lib/format";
import { Link } from "../lib/router";
import { fileHref, markedQuery } from "../lib/search";
import { Button } from "./Button";
import { Marked } from "./Marked";
import { Thumbnail } from "./Thumbnail";
import css from "./SearchDialog.module.css";

/** One thing that can be opened: a file, or a page of it. */
export interface Row {
  item: FoundFile;
  /** The page's place among those of the item; absent of the file itself. */
  page?: number;
  href: string;
}

/** In the order in which they are shown. A file that was not found by its name opens at its best page. */
export function options(items: FoundFile[]): Row[] {
  return items.flatMap((item) => {
    const pages = item.pages.map(({ page, snippet }) => fileHref(item.file.id, page, markedQuery(snippet)));
    const own = item.foundIn.includes("name") ? undefined : pages[0];
    const file: Row = { item, href: own ?? fileHref(item.file.id) };
    return [file, ...pages.map((href, page): Row => ({ item, page, href }))];
  });
}

interface Props {
  id: string;
  rows: Row[];
  active: number;
  drives: Drive[];
  /** These are of what was typed before. */
  isOld: boolean;
  /** One of them is opened. */
  onFollow: () => void;
  onMore: (() => void) | null;
  isLoadingMore: boolean;
}

export function SearchResultList({ id, rows, active, drives, isOld, onFollow, onMore, isLoadingMore }: Props) {
  return (
    <>
      <div id={id} role="listbox" aria-label="Found" className={css.list} data-old={isOld ? "" : undefined}>
        {rows.map((row, index) => (
          // Links, so that one can be opened beside this page.
          <Link
            key={`${row.item.file.id}-${row.page ?? "file"}`}
            id={`${id}-${index}`}
            href={row.href}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={row.page === undefined ? css.file : css.page}
            data-found={row.item.file.name}
            onClick={onFollow}
          >
            {row.page === undefined ? <FileRow item={row.item} drives={drives} /> : <PageRow row={row} />}
          </Link>
        ))}
      </div>
      {onMore && (
        <div className={css.more}>
          <Button small busy={isLoadingMore} onPress={onMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function FileRow({ item, drives }: { item: FoundFile; drives: Drive[] }) {
  const { file, name, pageCount } = item;
  const drive = drives.find(({ id }) => id === file.driveId)?.name;
  return (
    <>
      <span className={css.thumbnail}>
        <Thumbnail file={file} small />
      </span>
      <span className={`${css.name} truncate`}>
        <Marked parts={name} />
      </span>
      <span className={`${css.note} truncate`}>
        {[drive, pageCount > 1 ? plural(pageCount, "page") : "", formatAgo(file.createdAt)].filter(Boolean).join(" · ")}
      </span>
    </>
  );
}

function PageRow({ row: { item, page = 0 } }: { row: Row }) {
  const found = item.pages[page];
  if (!found) return null;
  const isPaged = (item.file.facts.pages ?? 1) > 1 || found.page > 1;
  return (
    <>
      {isPaged && <span className={`${css.number} num`}>p. {found.page}</span>}
      <span className={css.snippet} dir="auto">
        {found.snippet.length > 0 ? <Marked parts={found.snippet} /> : "Its text is being made again."}
      </span>
    </>
  );
}
