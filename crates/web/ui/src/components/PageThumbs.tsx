// The strip of small pictures of a file's pages.
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { pageImageQuery } from "../api/filePages";
import type { StoredFile } from "../api/types";
import { turned, type Size, type Turn } from "../lib/pageLayout";
import { useObjectUrl } from "./PagePicture";
import css from "./PageThumbs.module.css";

const WIDTH = 96;
const LABEL = 30;
/** The smallest there is. */
const PICTURE_WIDTH = 320;

interface Props {
  file: StoredFile;
  sizes: Size[];
  turn: Turn;
  page: number;
  onPage: (page: number) => void;
}

export function PageThumbs({ file, sizes, turn, page, onPage }: Props) {
  const box = useRef<HTMLElement>(null);
  const heightOf = (index: number) => {
    const { width, height } = turned(sizes[index] ?? { width: 1, height: 1 }, turn);
    return Math.min((WIDTH / width) * height, WIDTH * 2);
  };
  const rows = useVirtualizer({
    count: sizes.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => heightOf(index) + LABEL,
    overscan: 2,
    paddingStart: 10,
  });
  useEffect(() => rows.measure(), [rows, turn]);
  useEffect(() => rows.scrollToIndex(page - 1, { align: "auto" }), [rows, page]);
  return (
    <nav ref={box} className={css.strip} aria-label="Pages">
      <ol style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <li key={index} style={{ top: start }}>
            <button
              type="button"
              aria-current={page === index + 1 ? "page" : undefined}
              aria-label={`Page ${index + 1}`}
              onClick={() => onPage(index + 1)}
            >
              <Thumb file={file} page={index + 1} height={heightOf(index)} turn={turn} />
              <span className="num">{index + 1}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Thumb({ file, page, height, turn }: { file: StoredFile; page: number; height: number; turn: Turn }) {
  const url = useObjectUrl(useQuery(pageImageQuery(file.id, page, PICTURE_WIDTH)).data);
  const upright = turned({ width: WIDTH, height }, turn);
  return (
    <span className={css.thumb} style={{ width: WIDTH, height }}>
      {url && <img src={url} alt="" style={{ ...upright, rotate: `${turn * 90}deg` }} />}
    </span>
  );
}
