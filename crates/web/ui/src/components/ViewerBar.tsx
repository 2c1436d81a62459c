// The bar above a file's pages: which page, how large, what is looked for, what stands beside it.
import { useEffect, useState, type ReactNode } from "react";
import { formatNumber } from "../lib/format";
import { Button } from "./Button";
import css from "./ViewerBar.module.css";

interface Props {
  page: number;
  count: number;
  onPage: (page: number) => void;
  /** How many times its size on paper a page is. */
  scale: number;
  isFit: boolean;
  onZoom: (by: 1 | -1) => void;
  onFit: () => void;
  onTurn: () => void;
  query: string;
  onQuery: (query: string) => void;
  /** The pages in whose text it was found. */
  hits: number[];
  children: ReactNode;
}

export function ViewerBar({ page, count, onPage, scale, isFit, onZoom, onFit, onTurn, children, ...search }: Props) {
  return (
    <div className={css.bar} role="toolbar" aria-label="View">
      {count > 1 && (
        <div className={css.group}>
          <Button
            variant="ghost"
            small
            icon="chevronUp"
            aria-label="Previous page"
            isDisabled={page <= 1}
            onPress={() => onPage(page - 1)}
          />
          <PageField page={page} count={count} onPage={onPage} />
          <Button
            variant="ghost"
            small
            icon="chevronDown"
            aria-label="Next page"
            isDisabled={page >= count}
            onPress={() => onPage(page + 1)}
          />
        </div>
      )}
      <div className={css.group}>
        <Button variant="ghost" small icon="minus" aria-label="Smaller" onPress={() => onZoom(-1)} />
        <span className={`${css.scale} num`} aria-live="polite">
          {Math.round(scale * 100)} %
        </span>
        <Button variant="ghost" small icon="plus" aria-label="Larger" onPress={() => onZoom(1)} />
        <Button variant="ghost" small icon="fitWidth" aria-label="Fit the width" isDisabled={isFit} onPress={onFit} />
        <Button variant="ghost" small icon="rotate" aria-label="Turn to the right" onPress={onTurn} />
      </div>
      <Find {...search} page={page} onPage={onPage} />
      <div className={css.group}>{children}</div>
    </div>
  );
}

/** What was typed counts when it is entered. */
function PageField({ page, count, onPage }: { page: number; count: number; onPage: (page: number) => void }) {
  const [text, setText] = useState(String(page));
  useEffect(() => setText(String(page)), [page]);
  const enter = () => {
    const wanted = Number.parseInt(text, 10);
    if (Number.isFinite(wanted)) onPage(Math.min(Math.max(wanted, 1), count));
    else setText(String(page));
  };
  return (
    <span className={`${css.page} num`}>
      <input
        aria-label="Go to page"
        inputMode="numeric"
        size={Math.max(String(count).length, 2)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && enter()}
        onBlur={enter}
      />
      <span>of {formatNumber(count)}</span>
    </span>
  );
}

interface FindProps {
  query: string;
  onQuery: (query: string) => void;
  hits: number[];
  page: number;
  onPage: (page: number) => void;
}

const TYPING_PAUSE_MS = 250;

/** Marks words, and goes from one page that has them to the next. */
function Find({ query, onQuery, hits, page, onPage }: FindProps) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  useEffect(() => {
    if (text === query) return;
    const timer = setTimeout(() => onQuery(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, query, onQuery]);
  const next = hits.find((hit) => hit > page) ?? hits[0];
  const previous = hits.findLast((hit) => hit < page) ?? hits.at(-1);
  return (
    <div className={css.find}>
      <input
        type="search"
        aria-label="Find in this file"
        placeholder="Find in this file"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) =>
          event.key === "Enter" && next !== undefined && onPage(event.shiftKey ? (previous ?? next) : next)
        }
      />
      {query && (
        <>
          <span className={`${css.hits} num`} role="status">
            {hits.length === 0 ? "Not found" : `${formatNumber(hits.length)} ${hits.length === 1 ? "page" : "pages"}`}
          </span>
          <Button
            variant="ghost"
            small
            icon="chevronUp"
            aria-label="Previous page with it"
            isDisabled={hits.length === 0}
            onPress={() => previous !== undefined && onPage(previous)}
          />
          <Button
            variant="ghost"
            small
            icon="chevronDown"
            aria-label="Next page with it"
            isDisabled={hits.length === 0}
            onPress={() => next !== undefined && onPage(next)}
          />
        </>
      )}
    </div>
  );
}
