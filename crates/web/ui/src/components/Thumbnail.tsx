// A file as a small picture: its thumbnail, or a sheet of paper with its type.
import { useState } from "react";
import { artifactUrl, isFinal } from "../api/files";
import { useMissingImage } from "../api/images";
import type { StoredFile } from "../api/types";
import { isImage, typeTag } from "../lib/labels";
import css from "./Thumbnail.module.css";

/** What was just uploaded gets its thumbnail by itself. */
const THUMBNAIL_DELAY_MS = 3_000;

export function Thumbnail({ file, small }: { file: StoredFile; small?: boolean }) {
  const url = artifactUrl(file, "thumbnail");
  const [broken, setBroken] = useState<string | null>(null);
  // It may have been cleaned away, or be of a file from before there were any.
  useMissingImage(file, "thumbnail", true, THUMBNAIL_DELAY_MS);
  const classes = [
    css.thumbnail,
    !isImage(file) && css.page,
    small && css.small,
    file.status === "failed" && css.bad,
    !isFinal(file.status) && css.busy,
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")} aria-hidden="true">
      {url && url !== broken ? (
        <img
          className={css.image}
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setBroken(url)}
        />
      ) : (
        <div className={css.sheet}>
          <span className={css.tag}>{typeTag(file)}</span>
        </div>
      )}
    </div>
  );
}
