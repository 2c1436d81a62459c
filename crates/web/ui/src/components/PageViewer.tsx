// The pages of a file as pictures, with their text beside them; both scroll together. The page and what is marked on it
// are in the address.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { pageSizesQuery } from "../api/filePages";
import { useNeighbours } from "../api/neighbours";
import { usePageTexts } from "../api/pageText";
import type { StoredFile } from "../api/types";
import { needles, phrase, ranges, type Needle } from "../lib/marks";
import { fitScale, zoomStep, type Place, type Size, type Turn, type Zoom } from "../lib/pageLayout";
import { navigate, useLocation, useSetSearch } from "../lib/router";
import { Button } from "./Button";
import { LoadError } from "./EmptyState";
import { PageColumn, type PageColumnHandle } from "./PageColumn";
import { PageText, type PageTextHandle } from "./PageText";
import { PageThumbs } from "./PageThumbs";
import { Skeleton } from "./Skeleton";
import { usePageKeys } from "./usePageKeys";
import { ViewerBar } from "./ViewerBar";
import css from "./PageViewer.module.css";

const NOTHING: Needle[] = [];
/** The address follows when the pages have stood still for so long. */
const STILL_MS = 200;
/** On less there is room for the pages alone. */
const WIDE = 900;

export default function PageViewer({ file }: { file: StoredFile }) {
  const sizes = useQuery(pageSizesQuery(file.id));
  const points = useMemo(
    () => sizes.data?.map(({ widthPoints, heightPoints }) => ({ width: widthPoints, height: heightPoints })),
    [sizes.data],
  );
  if (sizes.isError) return <LoadError error={sizes.error} retry={() => void sizes.refetch()} />;
  if (!points) return <Skeleton height={480} />;
  return <Pages key={file.id} file={file} points={points} />;
}

function Pages({ file, points }: { file: StoredFile; points: Size[] }) {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const texts = usePageTexts(file);
  const count = points.length;
  const asked = Math.min(Math.max(Number(search.get("page")) || 1, 1), count);
  const query = search.get("q") ?? "";

  const [page, setPage] = useState(asked);
  const [zoom, setZoom] = useState<Zoom>("fit");
  const [turn, setTurn] = useState<Turn>(0);
  const [room, setRoom] = useState(1);
  const hasText = file.status === "completed";
  const [isWide] = useState(() => window.innerWidth >= WIDE);
  const [withText, setWithText] = useState(hasText && isWide);
  const [withThumbs, setWithThumbs] = useState(count > 1 && isWide);

  const root = useRef<HTMLDivElement>(null);
  const column = useRef<PageColumnHandle>(null);
  const text = useRef<PageTextHandle>(null);
  const [first] = useState<Place>({ index: asked - 1, share: 0 });
  const place = useRef(first);
  /** Which of the two somebody moves; the other follows. */
  const lead = useRef<"pages" | "text">("pages");

  const sought = useMemo(() => needles(query), [query]);
  const selected = useSelection(root);
  const hits = useHits(texts.pages, useDeferredValue(sought));

  const moveTo = useCallback((next: Place) => {
    place.current = next;
    setPage(next.index + 1);
  }, []);
  const onPagesPlace = useCallback(
    (next: Place) => {
      if (lead.current !== "pages") return;
      moveTo(next);
      text.current?.goTo(next);
    },
    [moveTo],
  );
  const onTextPlace = useCallback(
    (next: Place) => {
      if (lead.current !== "text") return;
      moveTo(next);
      column.current?.goTo(next);
    },
    [moveTo],
  );
  const followPages = useCallback(() => {
    if (lead.current === "pages") text.current?.goTo(place.current);
  }, []);
  const goTo = useCallback(
    (wanted: number) => {
      const next = { index: Math.min(Math.max(wanted, 1), count) - 1, share: 0 };
      lead.current = "pages";
      moveTo(next);
      column.current?.goTo(next);
      text.current?.goTo(next);
    },
    [count, moveTo],
  );

  // Whoever follows a link to another page of the same file is taken there.
  const written = useRef(asked);
  useEffect(() => {
    if (asked === written.current) return;
    written.current = asked;
    goTo(asked);
  }, [asked, goTo]);
  useEffect(() => {
    if (page === written.current) return;
    const timer = setTimeout(() => {
      written.current = page;
      setSearch({ tab: "pages", page: String(page) });
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [page, setSearch]);
  // Whoever asks for words and for no page, or for other words, is taken to the next page that has them.
  const leap = useRef(!search.has("page"));
  useEffect(() => {
    if (!leap.current || hits.length === 0) return;
    leap.current = false;
    const now = place.current.index + 1;
    goTo(hits.find((hit) => hit >= now) ?? hits[0] ?? now);
  }, [hits, goTo]);
  useEffect(() => {
    if (withText) text.current?.goTo(place.current);
  }, [withText, texts.pages]);

  const size = points[page - 1] ?? { width: 1, height: 1 };
  const scale = zoom === "fit" ? fitScale(size, turn, room) : zoom;
  const latest = useRef(scale);
  useEffect(() => void (latest.current = scale));
  const onZoom = useCallback((by: 1 | -1) => setZoom(zoomStep(latest.current, by)), []);
  const onTurn = (by: 1 | 3) => setTurn((now) => ((now + by) % 4) as Turn);
  const onQuery = useCallback(
    (next: string) => {
      leap.current = true;
      setSearch({ tab: "pages", q: next });
    },
    [setSearch],
  );
  const fullScreen = () =>
    void (document.fullscreenElement ? document.exitFullscreen() : root.current?.requestFullscreen());
  const neighbours = useNeighbours(file);
  const open = (other: StoredFile | null) => other && navigate(`/files/${other.id}?tab=pages`, { replace: true });

  usePageKeys(root, {
    onPage: (by) => goTo(page + by),
    onFirst: () => goTo(1),
    onLast: () => goTo(count),
    onZoom,
    onFit: () => setZoom("fit"),
    onTurn,
    onFullScreen: fullScreen,
    // A picture has nothing to the left or right but the next picture, unless it is larger than its room.
    onFile: count === 1 && zoom === "fit" ? (by) => open(by === 1 ? neighbours.next : neighbours.previous) : null,
  });

  const leads = (who: "pages" | "text") => {
    const take = () => void (lead.current = who);
    return { onPointerDownCapture: take, onWheelCapture: take, onTouchStartCapture: take, onKeyDownCapture: take };
  };
  return (
    <div ref={root} className={css.viewer} data-testid="viewer" data-page={page}>
      <ViewerBar
        page={page}
        count={count}
        onPage={goTo}
        scale={scale}
        isFit={zoom === "fit"}
        onZoom={onZoom}
        onFit={() => setZoom("fit")}
        onTurn={() => onTurn(1)}
        query={query}
        onQuery={onQuery}
        hits={hits}
      >
        {count > 1 && <Toggle icon="sidebar" label="Small pictures" isOn={withThumbs} onChange={setWithThumbs} />}
        {hasText && <Toggle icon="columns" label="Text beside the pages" isOn={withText} onChange={setWithText} />}
        <Button variant="ghost" small icon="expand" aria-label="Full screen" onPress={fullScreen} />
        {(neighbours.previous ?? neighbours.next) && (
          <>
            <Button
              variant="ghost"
              small
              icon="arrowLeft"
              aria-label="Previous file"
              isDisabled={!neighbours.previous}
              onPress={() => open(neighbours.previous)}
            />
            <Button
              variant="ghost"
              small
              icon="arrowRight"
              aria-label="Next file"
              isDisabled={!neighbours.next}
              onPress={() => open(neighbours.next)}
            />
          </>
        )}
      </ViewerBar>
      <div className={css.panes} data-text={withText || undefined}>
        {withThumbs && <PageThumbs file={file} sizes={points} turn={turn} page={page} onPage={goTo} />}
        <div className={css.pages} {...leads("pages")}>
          <PageColumn
            ref={column}
            file={file}
            points={points}
            turn={turn}
            zoom={zoom}
            sought={sought}
            selected={selected}
            first={first}
            onPlace={onPagesPlace}
            onRoom={setRoom}
            onZoom={onZoom}
          />
        </div>
        {withText && (
          <div className={css.text} {...leads("text")} data-words>
            <PageText
              ref={text}
              count={count}
              texts={texts}
              sought={sought}
              onPlace={onTextPlace}
              onMoved={followPages}
            />
          </div>
        )}
      </div>
    </div>
  );
}

interface ToggleProps {
  icon: "sidebar" | "columns";
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Toggle({ icon, label, isOn, onChange }: ToggleProps) {
  return (
    <Button
      variant={isOn ? "secondary" : "ghost"}
      small
      icon={icon}
      aria-label={label}
      aria-pressed={isOn}
      onPress={() => onChange(!isOn)}
    />
  );
}

/** The pages in whose text the words stand. */
function useHits(pages: ReturnType<typeof usePageTexts>["pages"], sought: Needle[]): number[] {
  return useMemo(() => {
    if (sought.length === 0) return [];
    const has = (blocks: { text: string }[]) => blocks.some(({ text }) => ranges(text, sought).length > 0);
    return [...pages].flatMap(([page, blocks]) => (has(blocks) ? [page] : [])).sort((one, other) => one - other);
  }, [pages, sought]);
}

/** The words of the text that are selected, to be marked on the pictures. */
function useSelection(root: RefObject<HTMLElement | null>): Needle[] {
  const [text, setText] = useState("");
  useEffect(() => {
    const changed = () => {
      const selection = document.getSelection();
      const inText = selection?.anchorNode?.parentElement?.closest("[data-words]");
      const isOurs = selection && inText && root.current?.contains(inText);
      setText(isOurs ? selection.toString().trim().slice(0, 300) : "");
    };
    document.addEventListener("selectionchange", changed);
    return () => document.removeEventListener("selectionchange", changed);
  }, [root]);
  const settled = useDeferredValue(text);
  return useMemo(() => (settled ? phrase(settled) : NOTHING), [settled]);
}
