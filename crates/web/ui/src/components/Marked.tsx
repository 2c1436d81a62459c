// A text with what is looked for marked in it.
import { ranges, type Needle } from "../lib/marks";

export function Marked({ text, sought }: { text: string; sought: Needle[] }) {
  let end = 0;
  const parts = ranges(text, sought).flatMap(([from, to]) => {
    const before = text.slice(end, from);
    end = to;
    return [before, <mark key={from}>{text.slice(from, to)}</mark>];
  });
  return [...parts, text.slice(end)];
}
