// What the server has of uploads that were not ended, of this person and in whatever browser.
import { ApiError, request } from "../http";
import type { UnfinishedUpload } from "../types";
import type { FileFacts } from "./upload";

/** Bytes of it came within this time: it is being sent somewhere. */
const MOVING_MS = 15_000;
/** Most that are asked for; nobody looks at more in a tray. */
export const MOST_UNFINISHED = 200;

export interface Unfinished {
  id: string;
  driveId: string;
  facts: FileFacts;
  offsetBytes: number;
  isMoving: boolean;
}

/** The newest first. Those whose length nobody has said are other programs' and left out. */
export async function listUnfinished(): Promise<Unfinished[]> {
  const response = await request("GET", `/uploads?limit=${MOST_UNFINISHED}`);
  const all = (await response.json()) as UnfinishedUpload[];
  // By the server's clock; without it by ours.
  const now = Date.parse(response.headers.get("date") ?? "") || Date.now();
  return all.flatMap(({ id, driveId, name, sizeBytes, offsetBytes, modifiedAt, progressedAt }) => {
    if (typeof sizeBytes !== "number") return [];
    const modifiedMs = modifiedAt ? Date.parse(modifiedAt) : null;
    const isMoving = now - Date.parse(progressedAt) < MOVING_MS;
    return [{ id, driveId, facts: { name, sizeBytes, modifiedMs }, offsetBytes, isMoving }];
  });
}

/** Ends one. What is gone already is as good. */
export async function endUnfinished(id: string): Promise<void> {
  await request("DELETE", `/uploads/${id}`).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  });
}
