// A file's face: its thumbnail, or a sheet of paper with its type.
import { useState } from "react";
import { artifactUrl, isFinal } from "../api/files";
import type { StoredFile } from "../api/types";
import { isImage, typeTag } from "../lib/words";
import css from "./Thumb.module.css";

export function Thumb({ file, small }: { file: StoredFile; small?: boolean }) {
  const url = artifactUrl(file, "thumbnail");
  const [broken, setBroken] = useState<string | null>(null);
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
