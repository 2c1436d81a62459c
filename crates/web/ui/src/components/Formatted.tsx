// Markdown as it was meant. The text is a stranger's: HTML in it stays text (but for the ends of lines in the cells of
// tables), links leave in a window of their own, and pictures are not fetched, as that would tell somebody who reads
// the file and when.
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { memo, useMemo } from "react";
import { markedParts, type Needle } from "../lib/marks";
import css from "./Formatted.module.css";

interface Node {
  type: string;
  value?: string;
  children?: Node[];
  data?: { hName: string };
}

/** A cell is one line in Markdown, so its own lines end in `<br>`. */
const lineEnds = () =>
  function inside(node: Node) {
    if (node.type === "html" && node.value === "<br>") Object.assign(node, { type: "break", value: undefined });
    node.children?.forEach(inside);
  };

/** What is looked for, marked wherever it stands in running text. */
const marks = (sought: Needle[]) =>
  function inside(node: Node) {
    node.children = node.children?.flatMap((child) => (child.type === "text" ? marked(child, sought) : [child]));
    node.children?.filter(({ type }) => type !== "mark").forEach(inside);
  };

const marked = ({ value = "" }: Node, sought: Needle[]) =>
  markedParts(value, sought).map(({ text, isMarked }): Node => {
    const words = { type: "text", value: text };
    return isMarked ? { type: "mark", data: { hName: "mark" }, children: [words] } : words;
  });

const NOTHING: Needle[] = [];
const COMPONENTS: Components = {
  a: ({ href, title, children }) =>
    href?.startsWith("#") ? (
      <span title={title}>{children}</span>
    ) : (
      <a href={href} title={title} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    ),
  img: ({ alt }) => (alt ? <span className={css.picture}>{alt}</span> : null),
  table: ({ children }) => (
    <div className={css.wide}>
      <table>{children}</table>
    </div>
  ),
};

/** It is read anew only when it is another: lists of texts are drawn again with every step of scrolling. */
export default memo(function Formatted({ text, sought = NOTHING }: { text: string; sought?: Needle[] }) {
  const plugins = useMemo(() => [remarkGfm, lineEnds, () => marks(sought)], [sought]);
  return (
    <div className={css.formatted}>
      <Markdown remarkPlugins={plugins} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  );
});
