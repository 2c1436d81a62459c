// A file's face: its thumbnail, or a sheet of paper with its type.
import { useEffect, useState } from "react";
import { artifactUrl, isFinal, makePreset } from "../api/files";
import type { StoredFile } from "../api/types";
import { hasImages, isImage, typeTag } from "../lib/words";
import css from "./Thumb.module.css";

/** What was just uploaded gets its thumbnail by itself. */
const PATIENCE_MS = 3_000;
/** Files that it was asked for: once is enough, whether it can be made or not. */
const asked = new Set<string>();

export function Thumb({ file, small }: { file: StoredFile; small?: boolean }) {
  const url = artifactUrl(file, "thumbnail");
  const [broken, setBroken] = useState<string | null>(null);

  // It may have been cleaned away, or be of a file from before there were any.
  const isAbsent = !url && hasImages(file) && isFinal(file.status) && file.status !== "failed";
  useEffect(() => {
    if (!isAbsent || asked.has(file.id)) return;
    const timer = setTimeout(() => {
      asked.add(file.id);
      makePreset(file.id, "thumbnail").catch(() => {});
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAbsent, file.id]);

  const classes = [css.thumb, !isImage(file) && css.page, small && css.small, file.status === "failed" && css.bad, !isFinal(file.status) && css.busy];
  return (
    <div className={classes.filter(Boolean).join(" ")} aria-hidden="true">
      {url && url !== broken ? (
        <img className={css.image} src={url} alt="" loading="lazy" decoding="async" draggable={false} onError={() => setBroken(url)} />
      ) : (
        <div className={css.sheet}><span className={css.tag}>{typeTag(file)}</span></div>
      )}
    </div>
  );
}
