// Which files a drive has already, before they are sent: each is hashed in a worker, and many are asked for at once.
import { requestJson } from "../http";
import type { KnownFile } from "../types";

/** A larger file would take longer to read, and more memory, than a surprise at its end is worth. */
const MOST_BYTES = 256 << 20;
const MOST_ASKED = 200;
const ASK_AFTER_MS = 250;

interface Question {
  driveId: string;
  file: File;
  tell: (known: KnownFile | null) => void;
}

/** Tells of each file what the drive has of it, in any order. */
export type Knower = (driveId: string, file: File, tell: (known: KnownFile | null) => void) => void;

/** Whether it is worth asking. */
export const isKnowable = ({ size }: File) => size > 0 && size <= MOST_BYTES;

/** Nothing where the page was served without TLS: browsers hash nothing there. */
export function createKnower(): Knower | null {
  if (!globalThis.crypto.subtle || !globalThis.Worker) return null;
  const waiting: Question[] = [];
  let isHashing = false;
  let worker: Worker | null = null;
  let hashed: [Question, string][] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hash = (file: File) =>
    new Promise<string | null>((resolve) => {
      worker ??= new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data);
      worker.onerror = () => resolve(null);
      worker.postMessage(file);
    });

  const ask = () => {
    clearTimeout(timer);
    timer = undefined;
    const all = hashed;
    hashed = [];
    for (const driveId of new Set(all.map(([question]) => question.driveId)))
      void askFor(
        driveId,
        all.filter(([question]) => question.driveId === driveId),
      );
  };

  const work = async () => {
    if (isHashing) return;
    isHashing = true;
    for (let question = waiting.shift(); question; question = waiting.shift()) {
      const found = await hash(question.file);
      if (found === null) {
        question.tell(null);
        continue;
      }
      hashed.push([question, found]);
      if (hashed.length >= MOST_ASKED) ask();
      else timer ??= setTimeout(ask, ASK_AFTER_MS);
    }
    isHashing = false;
    ask();
  };

  return (driveId, file, tell) => {
    waiting.push({ driveId, file, tell });
    void work();
  };
}

async function askFor(driveId: string, hashed: [Question, string][]): Promise<void> {
  const body = { hashes: [...new Set(hashed.map(([, hash]) => hash))] };
  // Without an answer they are sent: that costs time, and nothing else.
  const known = await requestJson<KnownFile[]>("POST", `/drives/${driveId}/known`, { body }).catch(() => []);
  const byHash = new Map(known.map((file) => [file.contentHash, file]));
  for (const [question, hash] of hashed) question.tell(byHash.get(hash) ?? null);
}
