// What the queue asks of whoever sends a file, in one request or in pieces.
import type { StoredFile } from "../types";
import type { Failure } from "./failure";

/** What is to be sent. */
export interface Sendable {
  driveId: string;
  key: string;
  source: File;
  /** The upload in pieces to go on with. */
  remoteId: string | null;
  /** The most bytes of one request. */
  pieceBytes: number;
  /** An earlier try may have begun it at the server and not have heard so. */
  isAgain: boolean;
  /** Whether another upload of this page is that one. */
  isTaken: (remoteId: string) => boolean;
}

/** What is said while it is sent. After `done` or `failed` there is no more; after `stop` there is nothing. */
export interface SenderEvents {
  /** The server has begun it and calls it that. */
  begun: (remoteId: string) => void;
  /** So many bytes are on their way. */
  sent: (bytes: number) => void;
  /** So many bytes are the server's for certain. */
  kept: (bytes: number) => void;
  done: (file: StoredFile, deduplicated: boolean) => void;
  failed: (failure: Failure) => void;
}

/** Begins to send, and gives what stops it. What the server has by then stays there. */
export type Sender = (sendable: Sendable, events: SenderEvents) => () => void;
