// Marks the words of a search in what is drawn of a text, whatever draws it: the browser paints over the letters, and
// no element is changed for that.
import { useEffect, type RefObject } from "react";

const NAME = "found";
/** More marks than anybody looks at would only cost time. */
const MOST_MARKS = 2_000;

/** Marks what matches, and brings the first mark of the block with this index into sight, once. */
export function useMarks(box: RefObject<HTMLElement | null>, pattern: RegExp | null, block: number): void {
  useEffect(() => {
    const element = box.current;
    // Browsers that cannot paint so show the page without marks.
    if (!pattern || !element || !CSS.highlights) return;
    let isInSight = block < 0;
    let frame = 0;
    const paint = () => {
      const ranges = rangesIn(element, pattern);
      CSS.highlights.set(NAME, new Highlight(...ranges));
      const home = element.querySelector(`[data-index="${block}"]`);
      const first = ranges.find(({ startContainer }) => home?.contains(startContainer));
      if (isInSight || !first) return;
      isInSight = true;
      const { top } = first.getBoundingClientRect();
      const { top: boxTop, height } = element.getBoundingClientRect();
      if (top < boxTop || top > boxTop + height * 0.7) element.scrollBy(0, top - boxTop - height / 3);
    };
    // Blocks come and go while one scrolls.
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paint);
    });
    observer.observe(element, { subtree: true, childList: true, characterData: true });
    paint();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(NAME);
    };
  }, [box, pattern, block]);
}

function rangesIn(element: HTMLElement, pattern: RegExp): Range[] {
  const ranges: Range[] = [];
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node && ranges.length < MOST_MARKS; node = texts.nextNode()) {
    for (const match of (node.nodeValue ?? "").matchAll(pattern)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      ranges.push(range);
    }
  }
  return ranges;
}
