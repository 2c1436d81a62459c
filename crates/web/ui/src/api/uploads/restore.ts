// What is left of uploads from before: those that this browser has kept, and those that the server knows of from
// anywhere. What another tab is at, or another browser at this moment, is left to it.
import { reopen } from "../../lib/handles";
import { alone, openTabs, thisTab } from "../../lib/tab";
import { forget, keep, listKept, type Kept } from "./kept";
import { endUnfinished, listUnfinished, MOST_UNFINISHED, type Unfinished } from "./remote";
import { factsOf, isSameFile, newUpload, type Upload } from "./upload";

/** What can be shown now. `isMore`: something is being sent elsewhere, which may not stay so. */
export interface Restored {
  uploads: Upload[];
  isMore: boolean;
}

/** What is left of that person's, without what is here already, by its key or the server's id. */
export function restoreUploads(userId: string, isHere: (keyOrId: string) => boolean): Promise<Restored> {
  return alone("restore uploads", async () => {
    const [remote, all, tabs] = await Promise.all([listUnfinished(), listKept(userId), openTabs()]);
    const byId = new Map(remote.map((one) => [one.id, one]));
    const begunAs = ({ remoteId }: Kept) => (remoteId === null ? undefined : byId.get(remoteId));
    const isElsewhere = (one: Kept) =>
      one.tab !== thisTab && (tabs ? tabs.has(one.tab) : begunAs(one)?.isMoving === true);
    const kept = all.filter(({ key }) => !isHere(key));
    const ours = kept.filter((one) => !isElsewhere(one));
    await Promise.all(ours.filter(({ isCancelled }) => isCancelled).map(endAgain));

    const open = ours.filter(({ isCancelled }) => !isCancelled);
    // What the server had begun and does not know any more has become a file, or its time is over.
    const isOver = (one: Kept) => one.remoteId !== null && !begunAs(one) && remote.length < MOST_UNFINISHED;
    await forget(open.filter(isOver).map(({ key }) => key));
    const left = open.filter((one) => !isOver(one));
    await keep(left.map((one) => ({ ...one, tab: thisTab })));
    const restored = await Promise.all(left.map((one) => ofKept(one, begunAs(one))));

    const held = new Set(all.map(({ remoteId }) => remoteId));
    // With nothing of it there is nothing to lose: sent again, the file goes on with it by itself.
    const others = remote.filter(({ id, offsetBytes }) => !held.has(id) && !isHere(id) && offsetBytes > 0);
    const resting = others.filter(({ isMoving }) => !isMoving).map(ofRemote);
    const isMore = ours.length < kept.length || resting.length < others.length;
    return { uploads: [...restored, ...resting], isMore };
  });
}

/** Gives up one at the server; it is remembered until that has heard so. */
export async function endKept(upload: Upload, userId: string): Promise<void> {
  if (!upload.remoteId) return forget([upload.key]);
  const kept = { ...keptOf(upload, userId), isCancelled: true };
  await keep([kept]);
  await endAgain(kept);
}

export const keptOf = (upload: Upload, userId: string): Kept => ({
  key: upload.key,
  userId,
  tab: thisTab,
  driveId: upload.driveId,
  name: upload.name,
  sizeBytes: upload.sizeBytes,
  modifiedMs: upload.modifiedMs,
  handle: upload.handle,
  remoteId: upload.remoteId,
  isPaused: upload.state === "paused",
  isCancelled: false,
});

async function endAgain({ key, remoteId }: Kept): Promise<void> {
  try {
    if (remoteId) await endUnfinished(remoteId);
    await forget([key]);
  } catch {
    // The server cannot be reached: it is told when the page is opened the next time.
  }
}

async function ofKept(kept: Kept, remote: Unfinished | undefined): Promise<Upload> {
  const { key, driveId, handle, remoteId, isPaused, ...facts } = kept;
  const found = handle && (await reopen(handle));
  const source = found && isSameFile(kept, factsOf(found)) ? found : null;
  const state = !source ? "unfinished" : isPaused ? "paused" : "queued";
  const keptBytes = remote?.offsetBytes ?? 0;
  // The answer to its beginning may have been lost with the page.
  const change = { key, handle, remoteId, source, state, keptBytes, sentBytes: keptBytes, tries: 1 } as const;
  const { name, sizeBytes, modifiedMs } = facts;
  return newUpload(driveId, { name, sizeBytes, modifiedMs }, change);
}

const ofRemote = ({ id, driveId, facts, offsetBytes }: Unfinished): Upload =>
  newUpload(driveId, facts, { remoteId: id, state: "unfinished", keptBytes: offsetBytes, sentBytes: offsetBytes });
