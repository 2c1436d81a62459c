// The bar above a file's pages: which page, how large, what is looked for, what stands beside it.
import { useEffect, useState, type ReactNode } from "react";
import { formatNumber, plural } from "../lib/format";
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
          <Step icon="chevronUp" label="Previous page" to={page > 1 ? page - 1 : undefined} onPage={onPage} />
          <PageField page={page} count={count} onPage={onPage} />
          <Step icon="chevronDown" label="Next page" to={page < count ? page + 1 : undefined} onPage={onPage} />
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

interface StepProps {
  icon: "chevronUp" | "chevronDown";
  label: string;
  /** The page that it leads to, where there is one. */
  to: number | undefined;
  onPage: (page: number) => void;
}

function Step({ icon, label, to, onPage }: StepProps) {
  return (
    <Button
      variant="ghost"
      small
      icon={icon}
      aria-label={label}
      isDisabled={to === undefined}
      onPress={() => to !== undefined && onPage(to)}
    />
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
            {hits.length === 0 ? "Not found" : plural(hits.length, "page")}
          </span>
          <Step icon="chevronUp" label="Previous page with it" to={previous} onPage={onPage} />
          <Step icon="chevronDown" label="Next page with it" to={next} onPage={onPage} />
        </>
      )}
    </div>
  );
}
