// The pages of a file below each other, as pictures: only those in sight are there. They scroll both ways, are dragged
// with the mouse, and keep their place when they become larger or smaller.
import {
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type Ref,
  type RefObject,
} from "react";
import type { StoredFile } from "../api/types";
import type { Needle } from "../lib/marks";
import {
  column,
  offsetOf,
  placeAt,
  shownSize,
  type Column,
  type Place,
  type Size,
  type Turn,
  type Zoom,
} from "../lib/pageLayout";
import { PagePicture } from "./PagePicture";
import css from "./PageColumn.module.css";

const GAP = 14;
/** Pages this much above and below are there too. */
const BEYOND = 0.5;
const STILL_AFTER_MS = 120;

export interface PageColumnHandle {
  goTo: (place: Place) => void;
}

interface Props {
  ref: Ref<PageColumnHandle>;
  file: StoredFile;
  points: Size[];
  turn: Turn;
  zoom: Zoom;
  sought: Needle[];
  selected: Needle[];
  /** Where it begins. */
  first: Place;
  /** Somebody scrolls here, or it was told where to go. */
  onPlace: (place: Place) => void;
  onRoom: (room: number) => void;
  onZoom: (by: 1 | -1) => void;
}

export function PageColumn({ ref, file, points, turn, zoom, first, onPlace, onRoom, onZoom, ...marks }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef(first);
  /** Where it was sent to, and what the browser made of that: whole pixels, and nothing beyond the end. */
  const sent = useRef<{ place: Place; top: number } | null>(null);
  /** The middle of what is seen, of the whole width. */
  const middle = useRef(0.5);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const [top, setTop] = useState(0);
  const isScrolling = useScrolling(top);
  const width = Math.max(room.width - 2 * GAP, 1);
  const pages = useMemo(
    () =>
      column(
        points.map((size) => shownSize(size, turn, zoom, width)),
        GAP,
      ),
    [points, turn, zoom, width],
  );

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => onRoom(width), [onRoom, width]);

  // The page has its new height by now, so that there is something to scroll to.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || room.width === 0) return;
    sent.current = send(element, pages, place.current);
    element.scrollLeft = middle.current * element.scrollWidth - element.clientWidth / 2;
    setTop(element.scrollTop);
  }, [pages, room.width]);

  useImperativeHandle(
    ref,
    () => ({
      goTo: (next) => {
        place.current = next;
        if (box.current) sent.current = send(box.current, pages, next);
      },
    }),
    [pages],
  );

  const scrolled = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop } = element;
    place.current = sent.current?.top === scrollTop ? sent.current.place : placeAt(pages, scrollTop + GAP);
    middle.current = (element.scrollLeft + element.clientWidth / 2) / Math.max(element.scrollWidth, 1);
    setTop(scrollTop);
    onPlace(place.current);
  };

  useWheelZoom(box, onZoom);
  const from = placeAt(pages, top - room.height * BEYOND).index;
  const to = placeAt(pages, top + room.height * (1 + BEYOND)).index;
  const shown = room.width === 0 ? [] : pages.sizes.slice(from, to + 1);
  return (
    <div
      ref={box}
      className={css.scroll}
      onScroll={scrolled}
      onPointerDown={(event) => drag(event.nativeEvent, box.current)}
      tabIndex={0}
      role="region"
      aria-label="Pages as pictures"
      data-testid="pages"
    >
      <div className={css.inner} style={{ height: pages.height, width: Math.max(pages.width + 2 * GAP, 1) }}>
        {shown.map((size, index) => (
          <div key={from + index} className={css.page} style={{ ...size, top: pages.starts[from + index] }}>
            <PagePicture
              {...marks}
              file={file}
              page={from + index + 1}
              size={size}
              turn={turn}
              isScrolling={isScrolling}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Scrolls to a place, at once. */
function send(element: HTMLElement, pages: Column, place: Place): { place: Place; top: number } {
  element.scrollTop = offsetOf(pages, place) - GAP;
  return { place, top: element.scrollTop };
}

/** True while it goes on changing. */
function useScrolling(top: number): boolean {
  const [isScrolling, setScrolling] = useState(false);
  const last = useRef(top);
  useEffect(() => {
    if (last.current === top) return;
    last.current = top;
    setScrolling(true);
    const timer = setTimeout(() => setScrolling(false), STILL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [top]);
  return isScrolling;
}

/** Ctrl and the wheel, which a browser takes for itself unless it is told not to: so do two fingers on a touchpad. */
function useWheelZoom(box: RefObject<HTMLDivElement | null>, onZoom: (by: 1 | -1) => void) {
  const turnedBy = useRef(0);
  useEffect(() => {
    const element = box.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      turnedBy.current += event.deltaY;
      if (Math.abs(turnedBy.current) < 40) return;
      onZoom(turnedBy.current < 0 ? 1 : -1);
      turnedBy.current = 0;
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [box, onZoom]);
}

/** A mouse takes hold of the pages; a finger scrolls by itself. */
function drag(event: PointerEvent, element: HTMLElement | null): void {
  const onControl = event.target instanceof Element && event.target.closest("button, a");
  if (!element || event.pointerType !== "mouse" || event.button !== 0 || onControl) return;
  // Beside the content is the scroll bar.
  if (event.offsetX > element.clientWidth && event.target === element) return;
  let { clientX: x, clientY: y } = event;
  const move = (next: PointerEvent) => {
    element.scrollBy(x - next.clientX, y - next.clientY);
    ({ clientX: x, clientY: y } = next);
  };
  const end = () => {
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", end);
    element.removeEventListener("pointercancel", end);
  };
  element.setPointerCapture(event.pointerId);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
}
