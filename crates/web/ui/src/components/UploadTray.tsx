// The tray of this visit's uploads: bytes on their way, then what the server makes of them.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { isFinal } from "../api/files";
import { isUnsent, type Upload } from "../api/uploads";
import { formatBytes, formatDuration, plural } from "../lib/format";
import { Link } from "../lib/router";
import { timeLeftMs } from "../lib/speed";
import { useStore } from "../lib/store";
import { FileBadge } from "./Badge";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import { useUploads } from "./UploadsProvider";
import css from "./UploadTray.module.css";

const ROW = 58;

export default function UploadTray() {
  const uploads = useUploads();
  const all = useStore(uploads.list);
  const [open, setOpen] = useState(true);
  const count = all.length;
  useEffect(() => {
    if (count) setOpen(true);
  }, [count]);
  if (count === 0) return null;

  const unsent = all.filter(isUnsent);
  const working = all.filter(({ file }) => file && !isFinal(file.status));
  const counted = all.filter(({ state }) => state !== "cancelled" && state !== "failed");
  const total = counted.reduce((sum, { source }) => sum + source.size, 0);
  const sent = counted.reduce(
    (sum, upload) => sum + (upload.state === "received" ? upload.source.size : upload.sentBytes),
    0,
  );
  const speed = all.reduce((sum, upload) => sum + (upload.state === "sending" ? upload.speed.bytesPerSecond : 0), 0);
  const left = timeLeftMs(total, sent, speed);
  const failed = all.filter(({ state, file }) => state === "failed" || file?.status === "failed").length;

  let title = failed ? `${plural(count, "file")}, ${failed} failed` : `${plural(count, "file")} ready`;
  if (unsent.length) title = `Uploading ${plural(unsent.length, "file")}`;
  else if (working.length) title = `Processing ${plural(working.length, "file")}`;

  return (
    <section className={css.tray} aria-label="Uploads">
      <div className={css.head}>
        <h2 className={css.title} aria-live="polite">
          {title}
          {unsent.length > 0 && (
            <span className={`${css.sub} num`} aria-live="off">
              {formatBytes(sent)} of {formatBytes(total)}
              {speed > 0 && ` · ${formatBytes(speed)}/s`}
              {left !== null && ` · ${formatDuration(Math.max(1000, left))} left`}
            </span>
          )}
        </h2>
        {unsent.length > 0 && (
          <Button small variant="ghost" onPress={() => uploads.cancelAll()}>
            Cancel all
          </Button>
        )}
        <span className={open ? "" : css.turn}>
          <Button
            small
            variant="ghost"
            icon="chevronDown"
            aria-label={open ? "Fold the tray" : "Unfold the tray"}
            aria-expanded={open}
            onPress={() => setOpen(!open)}
          />
        </span>
        {unsent.length === 0 && (
          <Button small variant="ghost" icon="close" aria-label="Close the tray" onPress={() => uploads.clear()} />
        )}
      </div>
      {unsent.length > 0 && (
        <div className={css.total}>
          <ProgressBar label="All uploads" value={total ? sent / total : null} />
        </div>
      )}
      {open && <Rows all={all} />}
    </section>
  );
}

function Rows({ all }: { all: Upload[] }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: all.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  return (
    <div
      ref={box}
      className={css.list}
      tabIndex={0}
      role="group"
      aria-label="Files of this visit"
      style={{ height: all.length * ROW + 1 }}
    >
      <ul style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const upload = all[index];
          return (
            upload && (
              <li key={key} style={{ position: "absolute", insetInline: 0, top: start }}>
                <Row upload={upload} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

function Row({ upload }: { upload: Upload }) {
  const uploads = useUploads();
  const { id, source, state, file } = upload;
  return (
    <div className={css.row} data-upload={state}>
      <div>
        {file ? (
          <Link className={`${css.name} truncate`} href={`/files/${file.id}`}>
            {source.name}
          </Link>
        ) : (
          <span className={`${css.name} truncate`}>{source.name}</span>
        )}
        {state === "sending" && (
          <div className={css.bar}>
            <ProgressBar label={`Upload of ${source.name}`} value={source.size ? upload.sentBytes / source.size : 1} />
          </div>
        )}
        <div className={`${css.info} num`}>
          <State upload={upload} />
        </div>
      </div>
      {isUnsent(upload) && (
        <Button
          small
          variant="ghost"
          icon="close"
          aria-label={`Cancel ${source.name}`}
          onPress={() => uploads.cancel(id)}
        />
      )}
      {(state === "failed" || state === "cancelled") && (
        <Button
          small
          variant="ghost"
          icon="retry"
          aria-label={`Retry ${source.name}`}
          onPress={() => uploads.retry(id)}
        />
      )}
    </div>
  );
}

function State({ upload }: { upload: Upload }) {
  const { state, source, sentBytes, speed, file, error } = upload;
  switch (state) {
    case "queued":
      return (
        <>
          <span>Waiting for its turn</span>
          <span>{formatBytes(source.size)}</span>
        </>
      );
    case "sending": {
      const left = timeLeftMs(source.size, sentBytes, speed.bytesPerSecond);
      if (sentBytes >= source.size) return <span>Being stored…</span>;
      return (
        <>
          <span>
            {formatBytes(sentBytes)} of {formatBytes(source.size)}
          </span>
          <span>
            {left !== null && `${formatBytes(speed.bytesPerSecond)}/s · ${formatDuration(Math.max(1000, left))}`}
          </span>
        </>
      );
    }
    case "received":
      if (file?.status === "failed" && file.outcome)
        return (
          <span className={`${css.error} truncate`} title={file.outcome.sentence}>
            {file.outcome.sentence}
          </span>
        );
      return (
        <>
          {file && <FileBadge file={file} />}
          <span>{upload.deduplicated ? "already stored" : formatBytes(source.size)}</span>
        </>
      );
    case "failed":
      return (
        <span className={`${css.error} truncate`} title={error ?? ""}>
          {error}
        </span>
      );
    case "cancelled":
      return <span>Cancelled</span>;
  }
}
