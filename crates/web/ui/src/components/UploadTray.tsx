// The tray of this visit's uploads, and of those that are left from before: bytes on their way, then what the server
// makes of them.
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { isFinal, limitsQuery } from "../api/files";
import type { Held } from "../api/uploads/hold";
import type { Uploads } from "../api/uploads/queue";
import { isOpen, isUnsent, type Upload } from "../api/uploads/upload";
import { formatBytes, plural } from "../lib/format";
import { useStore } from "../lib/store";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import { paceWords, UploadRow } from "./UploadRow";
import { useUploadEngine } from "./useUploadEngine";
import css from "./UploadTray.module.css";

const ROW = 58;

export default function UploadTray({ userId }: { userId: string }) {
  const uploads = useUploadEngine(userId);
  const all = useStore(uploads.list);
  return all.length > 0 && <Tray uploads={uploads} all={all} />;
}

function Tray({ uploads, all }: { uploads: Uploads; all: Upload[] }) {
  const { sentBytes, totalBytes, pace } = useStore(uploads.totals);
  const isHeld = useStore(uploads.hold.held) !== null;
  const [open, setOpen] = useState(true);
  const count = all.length;
  useEffect(() => {
    if (count) setOpen(true);
  }, [count]);

  const unsent = all.filter(isUnsent);
  const isAnyPaused = all.some(({ state }) => state === "paused");
  const isAnyOpen = all.some(isOpen);

  return (
    <section className={css.tray} aria-label="Uploads">
      <div className={css.head}>
        <h2 className={css.title} aria-live="polite">
          {title(all)}
          {unsent.length > 0 && (
            <span className={`${css.sub} num`} aria-live="off">
              {[`${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`, ...(isHeld ? [] : paceWords(pace))].join(
                " · ",
              )}
            </span>
          )}
        </h2>
        {unsent.length > 0 && (
          <Button small variant="ghost" icon="pause" aria-label="Pause all" onPress={uploads.pauseAll} />
        )}
        {unsent.length === 0 && isAnyPaused && (
          <Button small variant="ghost" icon="play" aria-label="Resume all" onPress={uploads.resumeAll} />
        )}
        {isAnyOpen && (
          <Button small variant="ghost" onPress={uploads.cancelAll}>
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
        {!isAnyOpen && (
          <Button small variant="ghost" icon="close" aria-label="Close the tray" onPress={() => uploads.clear()} />
        )}
      </div>
      {unsent.length > 0 && (
        <div className={css.total}>
          <ProgressBar label="All uploads" value={totalBytes ? sentBytes / totalBytes : null} />
          <Waiting uploads={uploads} />
          <Room unsentBytes={unsent.reduce((sum, { sizeBytes, keptBytes }) => sum + sizeBytes - keptBytes, 0)} />
        </div>
      )}
      {open && <Rows uploads={uploads} all={all} />}
    </section>
  );
}

function title(all: Upload[]): string {
  const unsent = all.filter(isUnsent).length;
  if (unsent) return `Uploading ${plural(unsent, "file")}`;
  const left = all.filter(isOpen).length;
  if (left) return plural(left, "unfinished upload");
  const working = all.filter(({ file }) => file && !isFinal(file.status)).length;
  if (working) return `Processing ${plural(working, "file")}`;
  const failed = all.filter(({ state, file }) => state === "failed" || file?.status === "failed").length;
  const known = all.filter(({ state }) => state === "known").length;
  const ready =
    failed || known === all.length ? plural(all.length, "file") : `${plural(all.length - known, "file")} ready`;
  return [ready, failed && `${failed} failed`, known && `${known} here already`].filter(Boolean).join(", ");
}

const WHY: Record<Held["why"], string> = {
  busy: "The server has much to do.",
  connection: "No connection.",
  fault: "The server has a problem.",
  offline: "You are offline.",
};

/** Why nothing goes out, and when it is tried again. */
function Waiting({ uploads }: { uploads: Uploads }) {
  const hold = useStore(uploads.hold.held);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!hold) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [hold]);
  if (!hold) return null;
  const seconds = Math.max(1, Math.ceil((hold.untilMs - now) / 1_000));
  const next = hold.why === "offline" ? "goes on by itself when the connection is back" : `goes on in ${seconds} s`;
  return (
    <p className={`${css.waiting} num`} data-hold={hold.why}>
      {WHY[hold.why]} Sending {next}.
    </p>
  );
}

/** Says before it is too late that the server has no room for all of this. */
function Room({ unsentBytes }: { unsentBytes: number }) {
  const freeBytes = useQuery(limitsQuery).data?.freeBytes;
  // It is told as a power of two: what is surely too much is twice that.
  if (typeof freeBytes !== "number" || unsentBytes <= 2 * freeBytes) return null;
  return (
    <p className={css.waiting}>
      These files need {formatBytes(unsentBytes)}, and the server has less than {formatBytes(2 * freeBytes)} free.
    </p>
  );
}

function Rows({ uploads, all }: { uploads: Uploads; all: Upload[] }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: all.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: (index) => all[index]?.id ?? index,
    overscan: 6,
  });
  return (
    <div
      ref={box}
      className={css.list}
      tabIndex={0}
      role="group"
      aria-label="Files of this visit"
      style={{ height: rows.getTotalSize() + 1 }}
    >
      <ul style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const upload = all[index];
          return (
            upload && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                style={{ position: "absolute", insetInline: 0, top: start }}
              >
                <UploadRow uploads={uploads} upload={upload} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
