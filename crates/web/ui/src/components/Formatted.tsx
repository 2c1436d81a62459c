// Markdown as it was meant. The text is a stranger's: HTML in it stays text (but for the ends of lines in the cells of
// tables), links leave in a window of their own, and pictures are not fetched, as that would tell somebody who reads
// the file and when.
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import css from "./Formatted.module.css";

interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

/** A cell is one line in Markdown, so its own lines end in `<br>`. */
const lineEnds = () =>
  function inside(node: Node) {
    if (node.type === "html" && node.value === "<br>") Object.assign(node, { type: "break", value: undefined });
    node.children?.forEach(inside);
  };

const PLUGINS = [remarkGfm, lineEnds];
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

export default function Formatted({ text }: { text: string }) {
  return (
    <div className={css.formatted}>
      <Markdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  );
}
