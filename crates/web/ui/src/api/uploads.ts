// The uploads of this visit: a queue of four at a time, with progress, cancel and retry.
import { formatBytes } from "../lib/format";
import { nextSpeed, type Speed } from "../lib/speed";
import { createStore } from "../lib/store";
import { parseProblem } from "./http";
import type { StoredFile, Uploaded } from "./types";

const CONCURRENT_UPLOADS = 4;
/** How long the server may take to notice that an earlier try has gone. */
const NOTICE_MS = 5_000;

/** `received` means that the server has the bytes safely; what becomes of the file is then the file's own status. */
export type UploadState = "queued" | "sending" | "received" | "failed" | "cancelled";

export interface Upload {
  id: number;
  driveId: string;
  /** Sent with every try, so that a file whose answer was lost is not added twice. */
  key: string;
  source: File;
  state: UploadState;
  sentBytes: number;
  speed: Speed;
  error: string | null;
  file: StoredFile | null;
  deduplicated: boolean;
}

interface Handlers {
  received: (file: StoredFile) => void;
}

export class Uploads {
  readonly list = createStore<Upload[]>([]);
  private maxBytes = Infinity;
  private requests = new Map<number, XMLHttpRequest>();
  private nextId = 1;
  /** Runs while the server has asked to be left alone; nothing new is sent meanwhile. */
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly handlers: Handlers) {}

  add(driveId: string, sources: File[]): void {
    const added = sources.map((source): Upload => {
      const refusal = this.refusal(source);
      return {
        id: this.nextId++,
        driveId,
        key: newKey(),
        source,
        state: refusal ? "failed" : "queued",
        sentBytes: 0,
        speed: { bytesPerSecond: 0, at: 0, bytes: 0 },
        error: refusal,
        file: null,
        deduplicated: false,
      };
    });
    this.list.set((all) => [...all, ...added]);
    this.sendNext();
  }

  /** Refuses larger files here, before a byte of them is sent. */
  limitTo(maxBytes: number): void {
    this.maxBytes = maxBytes;
  }

  cancel(id: number): void {
    const upload = this.find(id);
    if (!upload || !isUnsent(upload)) return;
    this.patch(id, { state: "cancelled" });
    this.requests.get(id)?.abort();
  }

  cancelAll(): void {
    // Those that wait go first, else each place that becomes free would be taken by one of them.
    for (const upload of this.list.get()) if (upload.state === "queued") this.cancel(upload.id);
    for (const upload of this.list.get()) if (upload.state === "sending") this.cancel(upload.id);
  }

  retry(id: number): void {
    const upload = this.find(id);
    if (!upload || (upload.state !== "failed" && upload.state !== "cancelled")) return;
    if (this.refusal(upload.source)) return;
    this.patch(id, { state: "queued", error: null, sentBytes: 0 });
    this.sendNext();
  }

  /** Takes finished uploads off the list; those still under way stay. */
  clear(): void {
    this.list.set((all) => all.filter(isUnsent));
  }

  /** Takes the newest state of a stored file, from an event or from asking. */
  update(file: StoredFile): void {
    for (const upload of this.list.get()) if (upload.file?.id === file.id) this.patch(upload.id, { file });
  }

  private refusal(source: File): string | null {
    if (source.size > this.maxBytes) return `Larger than the ${formatBytes(this.maxBytes)} this server allows.`;
    return null;
  }

  private find = (id: number) => this.list.get().find((upload) => upload.id === id);

  private patch(id: number, change: Partial<Upload>): void {
    this.list.set((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }

  private sendNext(): void {
    while (this.pauseTimer === undefined && this.requests.size < CONCURRENT_UPLOADS) {
      const next = this.list.get().find((upload) => upload.state === "queued");
      if (!next) return;
      this.send(next);
    }
  }

  private send({ id, driveId, key, source }: Upload): void {
    const request = new XMLHttpRequest();
    this.requests.set(id, request);
    this.patch(id, { state: "sending", speed: { bytesPerSecond: 0, at: performance.now(), bytes: 0 } });
    request.open("POST", `/api/v1/drives/${driveId}/files`);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = ({ loaded }) => {
      const upload = this.find(id);
      if (upload?.state !== "sending") return;
      const speed = nextSpeed(upload.speed, loaded, performance.now());
      // The form's own bytes are counted by the browser too; nobody wants to see 101 %.
      this.patch(id, { sentBytes: Math.min(loaded, source.size), speed });
    };
    request.onload = () => this.receiveAnswer(id, request);
    request.onerror = () =>
      this.finish(id, { state: "failed", error: "The connection broke. Nothing was lost; try again." });
    request.onabort = () => this.finish(id, {});
    const form = new FormData();
    form.append("file", source, source.name);
    request.send(form);
  }

  private receiveAnswer(id: number, request: XMLHttpRequest): void {
    if (request.status < 200 || request.status > 299) {
      const error = parseProblem(request.status, request.responseText, request.getResponseHeader("retry-after"));
      const isUnderWay = error.code === "idempotency-key-in-use";
      const pauseMs = isUnderWay ? NOTICE_MS : error.status === 429 ? error.retryAfterMs : null;
      if (pauseMs === null) return this.finish(id, { state: "failed", error: error.message });
      // The server has too much to do and says for how long, or is still at an earlier try: the upload goes back to its
      // place in the queue.
      this.pause(pauseMs);
      return this.finish(id, { state: "queued", sentBytes: 0 });
    }
    const uploaded = parseUploaded(request.responseText);
    if (!uploaded) return this.finish(id, { state: "failed", error: "The server's answer makes no sense. Try again." });
    const { file, deduplicated } = uploaded;
    const source = this.find(id)?.source;
    this.finish(id, { state: "received", sentBytes: source?.size ?? 0, file, deduplicated });
    this.handlers.received(file);
  }

  private pause(ms: number): void {
    clearTimeout(this.pauseTimer);
    this.pauseTimer = setTimeout(() => {
      this.pauseTimer = undefined;
      this.sendNext();
    }, ms);
  }

  private finish(id: number, change: Partial<Upload>): void {
    this.requests.delete(id);
    this.patch(id, change);
    this.sendNext();
  }
}

// Pages served without TLS have no `crypto.randomUUID`.
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Something between us and the server may answer in its place, with a page of its own.
function parseUploaded(text: string): Pick<Uploaded, "file" | "deduplicated"> | null {
  try {
    const uploaded = JSON.parse(text) as Partial<Uploaded> | null;
    return uploaded?.file ? { file: uploaded.file, deduplicated: uploaded.deduplicated === true } : null;
  } catch {
    return null;
  }
}

/** True while bytes may still have to be sent. */
export const isUnsent = (upload: Upload) => upload.state === "queued" || upload.state === "sending";
