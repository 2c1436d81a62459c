// The text of a file's pages below each other, to stand beside their pictures: what is looked for is marked in it.
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, Suspense, useEffect, useImperativeHandle, useRef, type Ref } from "react";
import type { PageTexts } from "../api/pageText";
import { errorMessage } from "../api/http";
import { markedParts, type Needle } from "../lib/marks";
import type { Place } from "../lib/pageLayout";
import { Marked } from "./Marked";
import css from "./PageText.module.css";

const Formatted = lazy(() => import("./Formatted"));

export interface PageTextHandle {
  goTo: (place: Place) => void;
}

interface Props {
  ref: Ref<PageTextHandle>;
  count: number;
  texts: PageTexts;
  sought: Needle[];
  onPlace: (place: Place) => void;
  /** Something above has turned out longer or shorter than was thought. */
  onMoved: () => void;
}

export function PageText({ ref, count, texts, sought, onPlace, onMoved }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: (index) => {
      const blocks = texts.pages.get(index + 1) ?? [];
      return 60 + blocks.reduce((height, { text }) => height + 24 * (1 + text.length / 70), 0);
    },
    overscan: 1,
    paddingEnd: 40,
  });
  useEffect(() => rows.measure(), [rows, texts.pages]);
  const height = rows.getTotalSize();
  useEffect(() => onMoved(), [onMoved, height]);

  useImperativeHandle(ref, () => ({
    goTo: ({ index, share }) => {
      const row = rows.measurementsCache[index];
      if (row && box.current) box.current.scrollTop = row.start + row.size * share;
    },
  }));

  const scrolled = () => {
    const top = box.current?.scrollTop ?? 0;
    const row = rows.getVirtualItemForOffset(top);
    if (row) onPlace({ index: row.index, share: Math.min(Math.max((top - row.start) / Math.max(row.size, 1), 0), 1) });
  };

  return (
    <div
      ref={box}
      className={css.scroll}
      onScroll={scrolled}
      tabIndex={0}
      role="region"
      aria-label="Text of the pages"
      data-testid="page-text"
    >
      {texts.error ? <p className={css.note}>{errorMessage(texts.error)}</p> : null}
      <div className={css.inner} style={{ height }}>
        {rows.getVirtualItems().map(({ index, start, key }) => (
          <section key={key} ref={rows.measureElement} data-index={index} className={css.page} style={{ top: start }}>
            <h3 className={css.number}>Page {index + 1}</h3>
            <OnePage page={index + 1} texts={texts} sought={sought} />
          </section>
        ))}
      </div>
    </div>
  );
}

function OnePage({ page, texts, sought }: { page: number; texts: PageTexts; sought: Needle[] }) {
  const blocks = texts.pages.get(page) ?? [];
  if (texts.isPending) return <p className={css.note}>Loading the text…</p>;
  if (blocks.every(({ text }) => !text.trim())) return <p className={css.note}>No text on this page</p>;
  return blocks.map(({ text }, index) =>
    texts.isFormatted ? (
      <Suspense key={index} fallback={null}>
        <Formatted text={text} sought={sought} />
      </Suspense>
    ) : (
      <p key={index} className={css.plain}>
        <Marked parts={markedParts(text, sought)} />
      </p>
    ),
  );
}
