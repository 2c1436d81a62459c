// A text with what is looked for marked in it.
import type { TextPart } from "../api/types";

export const Marked = ({ parts }: { parts: TextPart[] }) =>
  parts.map(({ text, isMarked }, at) => (isMarked ? <mark key={at}>{text}</mark> : text));
