// A file as it looks: its image, else the beginning of its text, else a sheet with its type. What can be heard is
// played.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { artifactUrl, originalUrl, textQuery } from "../api/files";
import { useMissingImage } from "../api/images";
import type { StoredFile } from "../api/types";
import { hasPages, isImage, mediaKind } from "../lib/labels";
import { Link } from "../lib/router";
import { Thumbnail } from "./Thumbnail";
import css from "./FilePreview.module.css";

/** As much as the sheet can show. */
const PREVIEW_CHARACTERS = 1_800;

export function FilePreview({ file }: { file: StoredFile }) {
  const [broken, setBroken] = useState<string | null>(null);
  const hasText = file.status === "completed" && !isImage(file);
  const text = useQuery({ ...textQuery(file.id, "plain"), enabled: hasText });
  const large = artifactUrl(file, "preview") ?? artifactUrl(file, "ai-chat");
  const url = large ?? (isImage(file) ? artifactUrl(file, "thumbnail") : null);

  // Of a page there is only a small image until somebody looks closer. Its words stand there meanwhile, and if none
  // comes.
  useMissingImage(file, "preview", !isImage(file) && !large, 0);

  let face = (
    <div className={css.thumb}>
      <Thumbnail file={file} />
    </div>
  );
  const media = mediaKind(file);
  if (media) {
    const player = { src: originalUrl(file.id), controls: true, "aria-label": `Play ${file.name}` };
    // Of what somebody sends nobody has captions; the browser wants a place for them.
    face =
      media === "video" ? (
        <video {...player}>
          <track kind="captions" />
        </video>
      ) : (
        <audio {...player}>
          <track kind="captions" />
        </audio>
      );
  } else if (url && url !== broken) {
    face = <img src={url} alt={`Preview of ${file.name}`} onError={() => setBroken(url)} />;
  } else if (hasText && text.data) {
    face = (
      <div className={css.paper} aria-hidden="true">
        {text.data.split("\f")[0]?.slice(0, PREVIEW_CHARACTERS)}
      </div>
    );
  }
  if (hasPages(file))
    face = (
      <Link href={`/files/${file.id}?tab=pages`} className={css.link} title="Look closer">
        {face}
      </Link>
    );
  return <div className={css.preview}>{face}</div>;
}
