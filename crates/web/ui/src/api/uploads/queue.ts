// The uploads of this visit: four at a time, gone on with after whatever ends a try, paused, cancelled and tried again.
import { formatBytes } from "../../lib/format";
import type { Picked } from "../../lib/handles";
import { beginPace, nextPace } from "../../lib/pace";
import { createStore } from "../../lib/store";
import type { KnownFile, StoredFile } from "../types";
import type { Failure } from "./failure";
import { sendForm } from "./form";
import { Hold } from "./hold";
import { isKnowable, type Knower } from "./known";
import { Ledger } from "./ledger";
import { sendPieces } from "./pieces";
import type { Sender } from "./sender";
import { NOTHING, sumUp, type Totals } from "./totals";
import { factsOf, isOpen, isSameFile, isUnsent, newUpload, type FileFacts, type Upload } from "./upload";
import { wrongFile } from "./words";

const CONCURRENT_UPLOADS = 4;
/** Up to here a file goes in one request: half the time of pieces at 10 KB, and a sixth less at this size. */
const ONE_REQUEST_BYTES = 4 << 20;
/** The most of a request where something in between gives none on before it is whole, or takes no larger ones. */
const PIECE_BYTES = 8 << 20;
const SMALLER_PIECES_BYTES = [PIECE_BYTES, 2 << 20, 512 << 10];
const MOST_FAULTS = 8;
/** A link that says nothing for so long is dead, and the browser would not know for many minutes. */
const SILENT_MS = 45_000;
/** How long the server may take to make a file of what it has. */
const STORING_MS = 150_000;
const OFFLINE_MS = 30_000;
const TICK_MS = 500;

/** Who is told, and what outlives the page. */
export interface Handlers {
  received: (file: StoredFile) => void;
  /** These go on after a reload, as far as the browser can. */
  keep: (uploads: Upload[]) => void;
  /** These are over. */
  forget: (uploads: Upload[]) => void;
  /** This one is given up, and what the server has of it is to go. */
  end: (upload: Upload) => void;
}

interface Sending {
  stop: () => void;
  /** When there was something to be heard of it last, on the clock of `performance.now()`. */
  heardAt: number;
  /** The most bytes that one of its requests has. */
  pieceBytes: number;
}

export class Uploads {
  readonly list = new Ledger();
  readonly hold = new Hold(() => this.sendNext());
  readonly totals = createStore<Totals>(NOTHING);
  private readonly sending = new Map<number, Sending>();
  /** Of interrupted ones: how much had gone that the server was not known to have. */
  private readonly uncertain = new Map<number, number>();
  private maxBytes = Infinity;
  private pieceBytes = Infinity;
  private movedBytes = 0;
  private ticker: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly handlers: Handlers,
    /** Who says what is there already; nobody where it cannot be known. */
    private readonly know: Knower | null = null,
    private readonly senders: { form: Sender; pieces: Sender } = { form: sendForm, pieces: sendPieces },
  ) {}

  /** What was begun before and is chosen again goes on; everything else is new. */
  add(driveId: string, files: Picked[]): void {
    const added: Upload[] = [];
    for (const { file, handle } of files) {
      const facts = factsOf(file);
      const begun = this.list.first((one) => isWaiting(one) && one.driveId === driveId && isSameFile(one, facts));
      if (begun) {
        this.choose(begun.id, { file, handle });
        continue;
      }
      const note = this.refusal(facts);
      const state = note ? "failed" : this.know && isKnowable(file) ? "checking" : "queued";
      added.push(newUpload(driveId, facts, { source: file, handle, note, state }));
    }
    this.list.add(added);
    this.handlers.keep(added.filter(isUnsent));
    for (const { id, source, state } of added)
      if (source && state === "checking") this.know?.(driveId, source, (known) => this.takeKnown(id, known));
    this.sendNext();
  }

  /** Sends what the drive has already. */
  sendAnyway(id: number): void {
    const upload = this.list.find(id);
    if (upload?.state !== "known") return;
    this.patchKept(id, { state: "queued", known: null });
    this.sendNext();
  }

  /** Takes up what is left from before. */
  restore(uploads: Upload[]): void {
    this.list.add(uploads);
    this.sendNext();
  }

  /** Goes on with that file. The wrong one is refused, with a sentence beside the upload. */
  choose(id: number, { file, handle }: Picked): void {
    const upload = this.list.find(id);
    if (!upload || !isWaiting(upload)) return;
    if (!isSameFile(upload, factsOf(file))) {
      this.list.patch(id, { note: wrongFile(upload, factsOf(file)) });
      return;
    }
    this.patchKept(id, { source: file, handle, state: "queued", note: null });
    this.sendNext();
  }

  /** Refuses larger files here, before a byte of them is sent. */
  limitTo(maxBytes: number): void {
    this.maxBytes = maxBytes;
  }

  pause(id: number): void {
    const upload = this.list.find(id);
    if (!upload || !isUnsent(upload)) return;
    this.stop(id);
    this.patchKept(id, { state: "paused", note: null });
    this.sendNext();
  }

  resume(id: number): void {
    if (this.list.find(id)?.state !== "paused") return;
    this.patchKept(id, { state: "queued" });
    this.sendNext();
  }

  cancel(id: number): void {
    const upload = this.list.find(id);
    if (!upload || !isOpen(upload)) return;
    this.stop(id);
    this.list.patch(id, { state: "cancelled", remoteId: null, sentBytes: 0, keptBytes: 0, note: null });
    this.handlers.end(upload);
    this.sendNext();
  }

  pauseAll = () => this.forAll(isUnsent, (id) => this.pause(id));
  resumeAll = () =>
    this.forAll(
      ({ state }) => state === "paused",
      (id) => this.resume(id),
    );
  cancelAll = () => this.forAll(isOpen, (id) => this.cancel(id));

  retry(id: number): void {
    const upload = this.list.find(id);
    if (!upload?.source || (upload.state !== "failed" && upload.state !== "cancelled")) return;
    if (this.refusal(upload)) return;
    this.patchKept(id, { state: "queued", note: null, faults: 0 });
    this.sendNext();
  }

  /** Takes what is over off the list. Of what has failed the server keeps nothing. */
  clear(): void {
    const over = this.list.get().filter((upload) => !isOpen(upload));
    for (const upload of over) if (upload.state === "failed") this.handlers.end(upload);
    this.list.remove(over);
  }

  /** Takes the newest state of a stored file, from an event or from asking. */
  update(file: StoredFile): void {
    for (const upload of this.list.all()) if (upload.file?.id === file.id) this.list.patch(upload.id, { file });
  }

  /** The browser has no network. It may be wrong, so that it is tried from time to time. */
  goOffline(): void {
    for (const id of this.sending.keys()) this.interrupt(id);
    this.hold.wait(OFFLINE_MS, "offline");
  }

  goOnline(): void {
    if (this.hold.held.get()?.why !== "busy") this.hold.end();
  }

  /** Stops everything; what can be gone on with is. */
  dispose(): void {
    for (const id of this.sending.keys()) this.stop(id);
    this.hold.dispose();
    clearInterval(this.ticker);
    this.ticker = undefined;
  }

  /** Changes one that goes on after a reload as it is then. */
  private patchKept(id: number, change: Partial<Upload>): void {
    const upload = this.list.patch(id, change);
    if (upload) this.handlers.keep([upload]);
  }

  private refusal({ sizeBytes }: Pick<FileFacts, "sizeBytes">): string | null {
    return sizeBytes > this.maxBytes ? `Larger than the ${formatBytes(this.maxBytes)} this server allows.` : null;
  }

  /** Those that wait first: else each place that becomes free would be taken by one of those that are to go. */
  private forAll(is: (upload: Upload) => boolean, act: (id: number) => void): void {
    const all = this.list.get().filter(is);
    for (const isSending of [false, true])
      for (const { id, state } of all) if ((state === "sending") === isSending) act(id);
  }

  private takeKnown(id: number, known: KnownFile | null): void {
    const upload = this.list.find(id);
    // It may have been paused or cancelled meanwhile.
    if (upload?.state !== "checking") return;
    this.list.patch(id, { state: known ? "known" : "queued", known });
    if (known) this.handlers.forget([upload]);
    this.sendNext();
  }

  private sendNext(): void {
    while (!this.hold.isOn() && this.sending.size < CONCURRENT_UPLOADS) {
      const next = this.list.first(({ state, source }) => state === "queued" && source !== null);
      if (!next?.source) return;
      this.send(next, next.source);
    }
  }

  private send({ id, driveId, key, remoteId, sizeBytes, tries, ...upload }: Upload, source: File): void {
    const isSmall = !remoteId && sizeBytes <= Math.min(ONE_REQUEST_BYTES, this.pieceBytes);
    const send = isSmall ? this.senders.form : this.senders.pieces;
    const sentBytes = isSmall ? 0 : upload.sentBytes;
    const now = performance.now();
    const { pieceBytes } = this;
    const sending: Sending = { stop: () => {}, heardAt: now, pieceBytes: Math.min(pieceBytes, sizeBytes) };
    this.sending.set(id, sending);
    const pace = beginPace(sentBytes, now);
    this.list.patch(id, { state: "sending", sentBytes, pace, note: null, tries: tries + 1 });
    this.ticker ??= setInterval(() => this.tick(), TICK_MS);
    const isTaken = (other: string) => this.list.first((one) => one.remoteId === other) !== undefined;
    const sendable = { driveId, key, source, remoteId, pieceBytes, isAgain: tries > 0, isTaken };
    // What was stopped says nothing any more, whoever says it.
    const heard = <Args extends unknown[]>(take: (...args: Args) => void) => {
      return (...args: Args) => {
        if (this.sending.get(id) !== sending) return;
        sending.heardAt = performance.now();
        take(...args);
      };
    };
    sending.stop = send(sendable, {
      begun: heard((remoteId) => this.patchKept(id, { remoteId })),
      sent: heard((bytes) => this.move(id, bytes)),
      kept: heard((bytes) => this.takeKept(id, bytes)),
      done: heard((file, deduplicated) => this.finish(id, file, deduplicated)),
      failed: heard((failure) => this.fail(id, failure)),
    });
  }

  private move(id: number, bytes: number): void {
    const upload = this.list.find(id);
    if (!upload) return;
    this.movedBytes += Math.max(0, bytes - upload.sentBytes);
    const pace = nextPace(upload.pace, bytes, upload.sizeBytes - bytes, performance.now());
    this.list.patch(id, { sentBytes: bytes, pace });
  }

  private takeKept(id: number, bytes: number): void {
    const upload = this.list.find(id);
    if (!upload) return;
    const wentBytes = this.uncertain.get(id) ?? 0;
    this.uncertain.delete(id);
    if (bytes > upload.keptBytes) {
      this.hold.pass();
      this.list.patch(id, { keptBytes: bytes, faults: 0 });
    } else if (wentBytes > PIECE_BYTES && this.pieceBytes > PIECE_BYTES) {
      // Something in between took all of that and gave nothing on: it wants requests that it can have whole.
      this.pieceBytes = PIECE_BYTES;
      this.stop(id);
      this.list.patch(id, { state: "queued" });
      return this.sendNext();
    }
    if (bytes !== upload.sentBytes) {
      this.list.patch(id, { sentBytes: bytes, pace: { ...upload.pace, at: performance.now(), bytes } });
    }
  }

  private finish(id: number, file: StoredFile, deduplicated: boolean): void {
    this.sending.delete(id);
    this.uncertain.delete(id);
    this.hold.pass();
    const sizeBytes = this.list.find(id)?.sizeBytes ?? 0;
    const change = { sentBytes: sizeBytes, keptBytes: sizeBytes, file, deduplicated, note: null } as const;
    const received = this.list.patch(id, { state: "received", ...change });
    if (received) this.handlers.forget([received]);
    this.handlers.received(file);
    this.sendNext();
  }

  private fail(id: number, failure: Failure): void {
    const upload = this.list.find(id);
    if (!upload) return;
    switch (failure.kind) {
      case "interrupted":
        this.interrupt(id);
        return this.hold.miss("connection");
      case "faulty":
        if (upload.faults + 1 >= MOST_FAULTS) return this.giveUp(id, failure.message);
        this.interrupt(id);
        this.list.patch(id, { faults: upload.faults + 1, note: failure.message });
        return this.hold.miss("fault");
      case "busy":
        this.sending.delete(id);
        this.list.patch(id, { state: "queued" });
        return this.hold.wait(failure.afterMs, "busy");
      case "gone":
        if (!upload.remoteId) return this.giveUp(id, failure.message);
        this.sending.delete(id);
        this.list.patch(id, { state: "queued", remoteId: null, sentBytes: 0, keptBytes: 0 });
        return this.sendNext();
      case "too-large-request":
        return this.takeSmallerPieces(upload);
      case "refused":
        return this.giveUp(id, failure.message);
    }
  }

  /** Ends a try; the upload goes back to its place in the queue. */
  private interrupt(id: number): void {
    const upload = this.list.find(id);
    this.stop(id);
    if (!upload?.source) return;
    this.uncertain.set(id, upload.sentBytes - upload.keptBytes);
    this.list.patch(id, { state: "queued", note: "The connection broke. It goes on by itself." });
    // To the browser a file that was changed or deleted meanwhile is a broken connection, too, and would be for ever.
    upload.source
      .slice(0, 1)
      .arrayBuffer()
      .catch(() => this.loseFile(id));
  }

  private giveUp(id: number, note: string): void {
    this.sending.delete(id);
    this.list.patch(id, { state: "failed", note });
    this.sendNext();
  }

  private loseFile(id: number): void {
    const upload = this.list.find(id);
    if (!upload || !isUnsent(upload)) return;
    this.stop(id);
    const note = "The file cannot be read any more: it was changed, moved or deleted.";
    this.list.patch(id, { state: "unfinished", source: null, handle: null, note });
    this.sendNext();
  }

  private takeSmallerPieces({ id }: Upload): void {
    // Others may have heard the same of requests as large as that.
    const triedBytes = this.sending.get(id)?.pieceBytes ?? 0;
    const smaller = SMALLER_PIECES_BYTES.find((bytes) => bytes < triedBytes);
    if (!smaller) return this.giveUp(id, "Something between here and the server takes no files, however small.");
    this.pieceBytes = Math.min(this.pieceBytes, smaller);
    this.sending.delete(id);
    this.list.patch(id, { state: "queued" });
    this.sendNext();
  }

  private stop(id: number): void {
    const sending = this.sending.get(id);
    this.sending.delete(id);
    sending?.stop();
  }

  private tick(): void {
    const now = performance.now();
    for (const [id, { heardAt }] of this.sending) {
      const upload = this.list.find(id);
      const patienceMs = upload && upload.sentBytes >= upload.sizeBytes ? STORING_MS : SILENT_MS;
      if (now - heardAt > patienceMs) this.fail(id, { kind: "interrupted" });
    }
    this.totals.set((before) => sumUp(before, this.list.all(), this.movedBytes, now));
    if (this.sending.size > 0 || this.hold.isOn()) return;
    clearInterval(this.ticker);
    this.ticker = undefined;
  }
}

/** It waits for its file. */
const isWaiting = ({ state }: Upload) => state === "unfinished";
