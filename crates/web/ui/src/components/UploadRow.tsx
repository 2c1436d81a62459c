// One upload in the tray: how far it is, and what can be done with it.
import type { Uploads } from "../api/uploads/queue";
import { isOpen, isUnsent, type Upload } from "../api/uploads/upload";
import { formatBytes, formatDuration } from "../lib/format";
import { askAndReopen, reopen } from "../lib/handles";
import { roundLeftMs, type Pace } from "../lib/pace";
import { pickFiles } from "../lib/pick";
import { Link } from "../lib/router";
import { FileBadge } from "./Badge";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import css from "./UploadTray.module.css";

/** How long it takes until a speed is worth being shown. */
const KNOWN_S = 1;

/** The speed and the time left in words, as far as they are known. */
export function paceWords({ bytesPerSecond, leftMs, sampledS }: Pace): string[] {
  if (sampledS === null || sampledS < KNOWN_S || leftMs === null) return [];
  return [`${formatBytes(Math.round(bytesPerSecond))}/s`, `${formatDuration(roundLeftMs(leftMs))} left`];
}

export function UploadRow({ uploads, upload }: { uploads: Uploads; upload: Upload }) {
  const { name, state, file, known, sizeBytes, sentBytes } = upload;
  const isUnderWay = isOpen(upload) && (state === "sending" || sentBytes > 0);
  const fileId = file?.id ?? known?.id;
  return (
    <div className={css.row} data-upload={state} data-name={name}>
      <div>
        {fileId ? (
          <Link className={`${css.name} truncate`} href={`/files/${fileId}`}>
            {name}
          </Link>
        ) : (
          <span className={`${css.name} truncate`}>{name}</span>
        )}
        {isUnderWay && (
          <div className={css.bar}>
            <ProgressBar
              label={`Upload of ${name}`}
              value={sizeBytes ? sentBytes / sizeBytes : 1}
              tone={state === "sending" ? "good" : "active"}
            />
          </div>
        )}
        <div className={`${css.info} num`}>
          <State upload={upload} />
        </div>
      </div>
      <Actions uploads={uploads} upload={upload} />
    </div>
  );
}

function Actions({ uploads, upload }: { uploads: Uploads; upload: Upload }) {
  const { id, name, state, source } = upload;
  return (
    <div className={css.actions}>
      {isUnsent(upload) && (
        <Button small variant="ghost" icon="pause" aria-label={`Pause ${name}`} onPress={() => uploads.pause(id)} />
      )}
      {state === "paused" && (
        <Button small variant="ghost" icon="play" aria-label={`Resume ${name}`} onPress={() => uploads.resume(id)} />
      )}
      {state === "known" && (
        <Button small aria-label={`Send ${name} anyway`} onPress={() => uploads.sendAnyway(id)}>
          Send anyway
        </Button>
      )}
      {state === "unfinished" && (
        <Button small aria-label={`Go on with ${name}`} onPress={() => void goOn(uploads, upload)}>
          {upload.handle ? "Go on" : "Choose file"}
        </Button>
      )}
      {(state === "failed" || state === "cancelled") && source && (
        <Button small variant="ghost" icon="retry" aria-label={`Retry ${name}`} onPress={() => uploads.retry(id)} />
      )}
      {isOpen(upload) && (
        <Button small variant="ghost" icon="close" aria-label={`Cancel ${name}`} onPress={() => uploads.cancel(id)} />
      )}
    </div>
  );
}

/** By the handle that was kept, if the person lets the page read it; else by choosing the same file again. */
async function goOn(uploads: Uploads, { id, handle }: Upload): Promise<void> {
  const file = handle && (await askAndReopen(handle).catch(() => null));
  const [picked] = file ? [{ file, handle }] : await pickFiles(false).catch(() => []);
  if (picked) uploads.choose(id, picked);
  if (!file) return;
  // The browser may have been told to let the page read all that it could read before.
  for (const { id: other, handle: theirs, state } of uploads.list.get()) {
    const found = state === "unfinished" && theirs ? await reopen(theirs) : null;
    if (found) uploads.choose(other, { file: found, handle: theirs });
  }
}

function State({ upload }: { upload: Upload }) {
  const { state, name, sizeBytes, sentBytes, pace, known, file, note } = upload;
  const progress = `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}`;
  switch (state) {
    case "checking":
      return (
        <>
          <span>Looking whether it is here already</span>
          <span>{formatBytes(sizeBytes)}</span>
        </>
      );
    case "known":
      return <span>{known?.name === name ? "Here already" : `Here already as “${known?.name}”`}</span>;
    case "unfinished":
      if (note)
        return (
          <span className={css.error} role="alert">
            {note}
          </span>
        );
      return (
        <span>
          {sentBytes > 0 ? `${progress} is there.` : `${formatBytes(sizeBytes)}, not begun.`}{" "}
          {upload.handle ? "The browser asks before it reads it again." : "Choose the same file to go on."}
        </span>
      );
    case "queued":
      return (
        <>
          <span>{note ?? "Waiting for its turn"}</span>
          <span>{sentBytes > 0 ? progress : formatBytes(sizeBytes)}</span>
        </>
      );
    case "sending":
      if (sentBytes >= sizeBytes) return <span>Being stored…</span>;
      return (
        <>
          <span>{progress}</span>
          <span>{paceWords(pace).join(" · ")}</span>
        </>
      );
    case "paused":
      return (
        <>
          <span>Paused</span>
          <span>{progress}</span>
        </>
      );
    case "received":
      if (file?.status === "failed" && file.outcome) return <span className={css.error}>{file.outcome.sentence}</span>;
      return (
        <>
          {file && <FileBadge file={file} />}
          <span>{upload.deduplicated ? "already stored" : formatBytes(sizeBytes)}</span>
        </>
      );
    case "failed":
      return <span className={css.error}>{note}</span>;
    case "cancelled":
      return <span>Cancelled</span>;
  }
}
