// The list of uploads, in their order. A folder of ten thousand files changes it some ten thousand times: who looks is
// told a few times a second, and one change costs one change.
import type { Readable } from "../../lib/store";
import type { Upload } from "./upload";

const TELL_EVERY_MS = 60;

export class Ledger implements Readable<Upload[]> {
  private readonly uploads = new Map<number, Upload>();
  private readonly listeners = new Set<() => void>();
  private snapshot: Upload[] | null = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  get = (): Upload[] => (this.snapshot ??= [...this.uploads.values()]);

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  find = (id: number) => this.uploads.get(id);

  all = () => this.uploads.values();

  first(is: (upload: Upload) => boolean): Upload | undefined {
    for (const upload of this.uploads.values()) if (is(upload)) return upload;
    return undefined;
  }

  add(uploads: Upload[]): void {
    for (const upload of uploads) this.uploads.set(upload.id, upload);
    this.tell();
  }

  /** The upload as it is then; nothing when it is gone. */
  patch(id: number, change: Partial<Upload>): Upload | undefined {
    const before = this.uploads.get(id);
    if (!before) return undefined;
    const after = { ...before, ...change };
    this.uploads.set(id, after);
    this.tell();
    return after;
  }

  remove(uploads: Upload[]): void {
    for (const { id } of uploads) this.uploads.delete(id);
    this.tell();
  }

  private tell(): void {
    this.snapshot = null;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const listener of this.listeners) listener();
    }, TELL_EVERY_MS);
  }
}
