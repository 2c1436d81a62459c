// A file's text with its page anchors: drawn, plain, or as Markdown. Only what is seen is drawn, however long it is.
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { isFinal, pageIndexQuery, readAgainMs, textQuery, type TextFormat } from "../api/files";
import { ApiError } from "../api/http";
import type { StoredFile } from "../api/types";
import { formatNumber } from "../lib/format";
import { useLocation, useSetSearch } from "../lib/router";
import { isImage } from "../lib/labels";
import { markedParts, needles, ranges, type Needle } from "../lib/marks";
import { confidenceByPage, pageNumbers, splitFormatted, splitMarkdown, splitPlain, type TextBlock } from "../lib/text";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { EmptyState, LoadError } from "./EmptyState";
import { Marked } from "./Marked";
import { Select } from "./Select";
import { Skeleton } from "./Skeleton";
import css from "./TextView.module.css";

// It is as large as the rest of the page, and plain text needs none of it.
const Formatted = lazy(() => import("./Formatted"));

type View = "formatted" | TextFormat;
const VIEWS: readonly (readonly [View, string])[] = [
  ["formatted", "Formatted"],
  ["plain", "Plain"],
  ["markdown", "Markdown"],
];
const SPLIT = { formatted: splitFormatted, plain: splitPlain, markdown: splitMarkdown };

/** Text, code and data are themselves when they are plain; everything else is drawn as it was set. */
const usualView = (mime: string): View =>
  /^(text\/(?!html|markdown|csv|tab|rtf)|application\/(json|xml|yaml|toml|x-ndjson))/.test(mime)
    ? "plain"
    : "formatted";

export function TextView({ file }: { file: StoredFile }) {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const usual = usualView(file.mime);
  const view = VIEWS.find(([name]) => name === search.get("format"))?.[0] ?? usual;
  const format: TextFormat = view === "plain" ? "plain" : "markdown";
  const has = file.status === "completed";
  const text = useQuery({ ...textQuery(file.id, format), enabled: has });
  const index = useQuery({ ...pageIndexQuery(file.id), enabled: has && Boolean(file.facts.ocr?.pages) });
  const sure = useMemo(() => confidenceByPage(index.data ?? []), [index.data]);
  const blocks = useMemo(() => (text.data === undefined ? [] : SPLIT[view](text.data)), [text.data, view]);
  const pages = useMemo(() => pageNumbers(blocks), [blocks]);
  const query = search.get("q") ?? "";
  const sought = useMemo(() => needles(query), [query]);

  if (!isFinal(file.status))
    return (
      <EmptyState icon="clock" title="The text is being read">
        It appears here by itself.
      </EmptyState>
    );
  if (file.status === "visual" && isImage(file))
    return (
      <EmptyState icon="image" title="No text in this file">
        It is a picture: its images are under Presets.
      </EmptyState>
    );
  if (file.status === "visual")
    return (
      <EmptyState icon="text" title="No text found">
        Its pages look scanned: there are pictures of letters in it, and no letters.
      </EmptyState>
    );
  if (file.status === "failed")
    return (
      <EmptyState icon="text" title="No text">
        {file.outcome?.sentence ?? "Nothing could be read."}
      </EmptyState>
    );
  if (text.isError && readAgainMs(text.error) !== false)
    return (
      <EmptyState icon="clock" title="Reading again">
        The text was lost and is being read again. It appears here by itself.
      </EmptyState>
    );
  if (text.isError)
    return text.error instanceof ApiError && text.error.status === 404 ? (
      <EmptyState icon="text" title="No text in this form">
        Try the other one.
      </EmptyState>
    ) : (
      <LoadError error={text.error} retry={() => void text.refetch()} />
    );

  return (
    <>
      <div className={css.bar}>
        <div className={css.toggle} role="group" aria-label="Form of the text">
          {VIEWS.map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-pressed={view === name}
              onClick={() => setSearch({ format: name === usual ? "" : name })}
            >
              {label}
            </button>
          ))}
        </div>
        {pages.length > 1 && (
          <Select
            label="Go to page"
            value={search.get("page") ?? ""}
            options={[
              ["", `${formatNumber(pages.length)} pages`],
              ...pages.map((page) => [String(page), `Page ${page}`] as const),
            ]}
            onChange={(page) => setSearch({ tab: "text", page })}
          />
        )}
        {pages.length === 1 && sure.has(1) && <span className={css.sure}>{sure.get(1)}</span>}
        {sought.length > 0 && (
          <Button variant="ghost" small icon="close" onPress={() => setSearch({ q: "" })}>
            Clear the marks
          </Button>
        )}
        <span className={css.grow} />
        <CopyButton label="Copy the text" caption="Copy all" text={text.data ?? ""} />
      </div>
      {text.isPending ? (
        <div className={css.lines}>
          {[92, 98, 88, 95, 60].map((width) => (
            <Skeleton key={width} width={`${width}%`} />
          ))}
        </div>
      ) : (
        <Blocks
          key={view}
          blocks={blocks}
          many={pages.length > 1}
          sure={sure}
          view={view}
          page={Number(search.get("page")) || null}
          sought={sought}
        />
      )}
    </>
  );
}

interface BlocksProps {
  blocks: TextBlock[];
  many: boolean;
  /** What is said of recognised pages, by their numbers. */
  sure: ReadonlyMap<number, string>;
  view: View;
  page: number | null;
  /** What is marked. */
  sought: Needle[];
}

function Blocks({ blocks, many, sure, view, page, sought }: BlocksProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => 40 + (blocks[index]?.text.split("\n").length ?? 1) * 24,
    overscan: 3,
    paddingStart: many ? 0 : 20,
    paddingEnd: 80,
  });
  const start = useMemo(() => blockOf(blocks, page, sought), [blocks, page, sought]);
  useEffect(() => {
    if (start >= 0) rows.scrollToIndex(start, { align: "start" });
  }, [start, rows]);
  return (
    <div ref={box} className={css.scroll} tabIndex={0} role="region" aria-label="Text" data-testid="text">
      <div className={css.inner} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const block = blocks[index];
          return (
            block && (
              <div key={key} ref={rows.measureElement} data-index={index} className={css.block} style={{ top: start }}>
                {many && block.first && (
                  <h3 className={css.page} id={`page-${block.page}`}>
                    Page {block.page}
                    {sure.has(block.page) && <span className={css.sure}>{sure.get(block.page)}</span>}
                  </h3>
                )}
                <Block text={block.text} view={view} sought={sought} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

/** Where the page begins, or the block of it that has what is marked. */
function blockOf(blocks: TextBlock[], page: number | null, sought: Needle[]): number {
  const isOn = (block: TextBlock) => page === null || block.page === page;
  const marked = blocks.findIndex((block) => isOn(block) && ranges(block.text, sought).length > 0);
  return marked >= 0 ? marked : blocks.findIndex((block) => block.first && block.page === page);
}

function Block({ text, view, sought }: { text: string; view: View; sought: Needle[] }) {
  if (!text.trim()) return <p className={`${css.text} ${css.blank}`}>No text on this page</p>;
  if (view !== "formatted")
    return (
      <pre className={`${css.text} ${view === "markdown" ? css.mono : ""}`}>
        <Marked parts={markedParts(text, sought)} />
      </pre>
    );
  return (
    <Suspense fallback={<div className={css.text} />}>
      <Formatted text={text} sought={sought} />
    </Suspense>
  );
}
