// How large pages are on the screen, where each begins, and which of their pictures fits that.

export interface Size {
  width: number;
  height: number;
}

/** As wide as there is room, or so many times the size on paper. */
export type Zoom = "fit" | number;

/** Quarters to the right. */
export type Turn = 0 | 1 | 2 | 3;

/** A place in a column of pages: which, counted from 0, and how much of it is above. */
export interface Place {
  index: number;
  share: number;
}

/** A column of pages: where each begins, and where the last ends. */
export interface Column {
  sizes: Size[];
  starts: number[];
  height: number;
  width: number;
}

/** The widths that the server has pictures in. */
const WIDTHS = [320, 800, 1200, 1600, 2400];
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];
const PIXELS_PER_POINT = 96 / 72;

export const turned = ({ width, height }: Size, turn: Turn): Size =>
  turn % 2 === 1 ? { width: height, height: width } : { width, height };

/** A page of so many points in pixels of the screen, turned. */
export function shownSize(points: Size, turn: Turn, zoom: Zoom, room: number): Size {
  const { width, height } = turned(points, turn);
  const scale = zoom === "fit" ? room / width : zoom * PIXELS_PER_POINT;
  return { width: width * scale, height: height * scale };
}

/** How many times its size on paper a page is that is as wide as the room. */
export const fitScale = (points: Size, turn: Turn, room: number): number =>
  room / (turned(points, turn).width * PIXELS_PER_POINT);

/** The next larger or smaller step. */
export function zoomStep(scale: number, by: 1 | -1): number {
  const near = 0.005;
  const next = by === 1 ? STEPS.find((step) => step > scale + near) : STEPS.findLast((step) => step < scale - near);
  return next ?? scale;
}

/** The narrowest picture that has a pixel for each of the screen's, or the widest. */
export const pictureWidth = (pixels: number, perPixel: number): number =>
  WIDTHS.find((width) => width >= Math.floor(pixels * perPixel)) ?? 2400;

export function column(sizes: Size[], gap: number): Column {
  let end = gap;
  const starts = sizes.map(({ height }) => {
    const start = end;
    end += height + gap;
    return start;
  });
  return { sizes, starts, height: end, width: sizes.reduce((most, { width }) => Math.max(most, width), 0) };
}

/** The place that so many pixels are above of; a gap belongs to the page before it. */
export function placeAt({ sizes, starts }: Column, offset: number): Place {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const share = (offset - (starts[low] ?? 0)) / Math.max(sizes[low]?.height ?? 1, 1);
  return { index: low, share: Math.min(Math.max(share, 0), 1) };
}

export const offsetOf = ({ sizes, starts }: Column, { index, share }: Place): number =>
  (starts[index] ?? 0) + (sizes[index]?.height ?? 0) * share;
