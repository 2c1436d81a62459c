// The search over all drives: results while one types, by keyboard alone if one likes.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { NO_FILTER, searchQuery, type SearchFilter } from "../api/search";
import type { Drive } from "../api/types";
import { formatNumber, plural } from "../lib/format";
import { navigate } from "../lib/router";
import { asTyped, forgetSearches, recentSearches, rememberSearch } from "../lib/search";
import { Icon } from "./Icon";
import { SearchChips } from "./SearchChips";
import { options, SearchResultList } from "./SearchResultList";
import { NoWords, SearchFailed, SearchHelp, SearchSkeleton } from "./SearchStates";
import css from "./SearchDialog.module.css";

const TYPING_PAUSE_MS = 150;
const LIST = "search-results";

/** Changes a moment after the last key. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return text === "" ? "" : paused;
}

export default function SearchDialog({ drives, onClose }: { drives: Drive[]; onClose: () => void }) {
  const [text, setText] = useState("");
  const [filter, setFilter] = useState<SearchFilter>(NO_FILTER);
  const [active, setActive] = useState(0);
  const [recent, setRecent] = useState(recentSearches);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const paused = usePaused(text);
  const q = paused.trim();
  const results = useInfiniteQuery(searchQuery(asTyped(paused).trim(), filter));
  const pages = q === "" ? undefined : results.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const rows = useMemo(() => options(items), [items]);

  useEffect(() => setActive(0), [q, filter]);
  useEffect(() => {
    list.current?.querySelector(`#${LIST}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const pick = (other: string) => {
    setText(other);
    input.current?.focus();
  };
  const leave = () => {
    rememberSearch(text);
    onClose();
  };
  const move = (step: number) => setActive((at) => Math.min(Math.max(at + step, 0), Math.max(rows.length - 1, 0)));
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && row && !event.nativeEvent.isComposing) {
      leave();
      navigate(row.href);
    } else return;
    event.preventDefault();
    if (event.key === "ArrowDown" && active >= rows.length - 3 && results.hasNextPage) void results.fetchNextPage();
  };

  const body = () => {
    if (q === "")
      return (
        <SearchHelp
          recent={recent}
          onPick={pick}
          onForget={() => {
            forgetSearches();
            setRecent([]);
          }}
        />
      );
    if (results.isError && !results.isFetchNextPageError)
      return <SearchFailed error={results.error} retry={() => void results.refetch()} />;
    if (!pages) return <SearchSkeleton />;
    if (items.length === 0)
      return (
        <NoWords q={q} isFiltered={filter !== NO_FILTER} meant={pages[0]?.didYouMean ?? undefined} onPick={pick} />
      );
    return (
      <SearchResultList
        id={LIST}
        rows={rows}
        active={active}
        drives={drives}
        isOld={results.isPlaceholderData}
        onFollow={leave}
        onMore={results.hasNextPage ? () => void results.fetchNextPage() : null}
        isLoadingMore={results.isFetchingNextPage}
      />
    );
  };

  const total = pages?.[0]?.total;
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()} className={css.scrim ?? ""}>
      <Modal className={css.modal ?? ""}>
        <AriaDialog className={css.dialog ?? ""}>
          <Heading slot="title" level={2} className="visually-hidden">
            Search
          </Heading>
          <div className={css.field}>
            <Icon name="search" size={18} />
            <input
              ref={input}
              type="text"
              enterKeyHint="search"
              role="combobox"
              aria-label="Search all drives"
              aria-expanded={rows.length > 0}
              aria-controls={LIST}
              aria-autocomplete="list"
              {...(rows.length > 0 ? { "aria-activedescendant": `${LIST}-${active}` } : {})}
              placeholder="Search in all files"
              autoComplete="off"
              spellCheck={false}
              maxLength={450}
              // The dialog was opened to type into it.
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={onKeyDown}
            />
            <button type="button" className={css.close} aria-label="Close the search" onClick={onClose}>
              <kbd>Esc</kbd>
            </button>
          </div>
          <SearchChips filter={filter} drives={drives} onChange={setFilter} />
          <div ref={list} className={css.body} data-busy={results.isFetching && q !== "" ? "" : undefined}>
            {body()}
          </div>
          <p className={css.foot} role="status">
            {total && items.length > 0 && (
              <span className="num">
                {total.isExact ? plural(total.count, "file") : `${formatNumber(total.count)}+ files`}
              </span>
            )}
            {pages?.[0]?.isIncomplete && <span>Older files are still being indexed.</span>}
            <span className={css.keys} aria-hidden="true">
              <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>↵</kbd> open
            </span>
          </p>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
