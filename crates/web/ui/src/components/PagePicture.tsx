// One page as a picture, with the words on it that are to be marked. What is there already stays until a sharper
// picture has come.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { pageImageQuery, pageWordsQuery } from "../api/filePages";
import { errorMessage } from "../api/http";
import type { PageWord, PageWords, StoredFile } from "../api/types";
import { markedWords, type Needle } from "../lib/marks";
import { pictureWidth, turned, type Size, type Turn } from "../lib/pageLayout";
import { Button } from "./Button";
import css from "./PagePicture.module.css";

/** Pages that fly past are not asked for. */
const SCROLLING_PAUSE_MS = 120;

interface Props {
  file: StoredFile;
  page: number;
  /** As it is shown: turned, in pixels of the screen. */
  size: Size;
  turn: Turn;
  sought: Needle[];
  selected: Needle[];
  isScrolling: boolean;
}

export function PagePicture({ file, page, size, turn, sought, selected, isScrolling }: Props) {
  const upright = turned(size, turn);
  const isWanted = useAfter(isScrolling ? SCROLLING_PAUSE_MS : 0);
  const width = pictureWidth(upright.width, window.devicePixelRatio || 1);
  const picture = useQuery({
    ...pageImageQuery(file.id, page, width),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  const words = useQuery({
    ...pageWordsQuery(file.id, page),
    enabled: isWanted && sought.length + selected.length > 0,
  });
  const url = useObjectUrl(picture.data);
  return (
    <div
      className={css.sheet}
      style={{ width: upright.width, height: upright.height, rotate: `${turn * 90}deg` }}
      data-page={page}
      data-shown={url && !picture.isPlaceholderData ? "yes" : "no"}
    >
      {url && <img src={url} alt={`Page ${page} of ${file.name}`} draggable={false} />}
      {!url && picture.isError && (
        <div className={css.failed} role="alert">
          <p>{errorMessage(picture.error)}</p>
          <Button small icon="retry" onPress={() => void picture.refetch()}>
            Try again
          </Button>
        </div>
      )}
      {words.data && <Marks words={words.data} sought={selected} kind="selected" />}
      {words.data && <Marks words={words.data} sought={sought} kind="sought" />}
    </div>
  );
}

interface MarksProps {
  words: PageWords;
  sought: Needle[];
  kind: "selected" | "sought";
}

function Marks({ words: page, sought, kind }: MarksProps) {
  const marked = useMemo(() => [...markedWords(page.words, sought)], [page, sought]);
  return marked.flatMap((index) => {
    const word = page.words[index];
    return word ? [<i key={index} className={css[kind]} data-mark={word.text} style={area(page, word)} />] : [];
  });
}

const percent = (part: number, whole: number) => `${(part / whole) * 100}%`;

function area(page: PageWords, word: PageWord) {
  return {
    left: percent(word.left, page.width),
    top: percent(word.top, page.height),
    width: percent(word.width, page.width),
    height: percent(word.height, page.height),
  };
}

/** True once so long has passed since it was first asked. */
function useAfter(ms: number): boolean {
  const [isOver, setOver] = useState(ms === 0);
  useEffect(() => {
    if (isOver) return;
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [isOver, ms]);
  return isOver;
}

/** An address of these bytes, as long as they are shown. */
export function useObjectUrl(bytes: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!bytes) return setUrl(null);
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return url;
}
