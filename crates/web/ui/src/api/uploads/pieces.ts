// A file in pieces, by tus: what has come is the server's, whatever ends a request.
import type { DetailedError, Upload as Tus } from "tus-js-client";
import { getFile } from "../files";
import { failureOf, type Failure } from "./failure";
import { listUnfinished, type Unfinished } from "./remote";
import type { Sendable, Sender } from "./sender";
import { factsOf, isSameFile } from "./upload";

export const sendPieces: Sender = (sendable, events) => {
  let tus: Tus | null = null;
  let isStopped = false;
  const fail = (failure: Failure) => {
    if (!isStopped) events.failed(failure);
  };

  const start = async () => {
    // Nobody needs it before the first large file.
    const library = await import("tus-js-client").catch(() => null);
    if (!library) return fail({ kind: "faulty", message: "A part of this page could not be loaded. Reload the page." });
    const remoteId = await begun(sendable);
    if (isStopped) return;
    const { driveId, source, pieceBytes } = sendable;
    const all = `${location.origin}/api/v1/drives/${driveId}/uploads`;
    let isFirst = true;
    tus = new library.Upload(source, {
      endpoint: remoteId ? null : all,
      uploadUrl: remoteId ? `${all}/${remoteId}` : null,
      chunkSize: pieceBytes,
      metadata: { filename: source.name, lastModified: String(source.lastModified) },
      // When to try again is for the queue to say, which knows of the others, and what was begun is kept by ourselves.
      retryDelays: null,
      storeFingerprintForResuming: false,
      // Stopped before it has quite begun, it would begin all the same.
      onBeforeRequest: () => {
        if (isStopped) throw new Error("stopped");
      },
      onUploadUrlAvailable: () => {
        const id = tus?.url?.split("/").pop();
        if (!isStopped && id) events.begun(id);
      },
      onProgress: (bytes) => {
        if (isStopped) return;
        // It begins where the server says that it goes on.
        if (isFirst) events.kept(bytes);
        isFirst = false;
        events.sent(bytes);
      },
      onChunkComplete: (_, bytes) => {
        if (!isStopped) events.kept(bytes);
      },
      onSuccess: ({ lastResponse }) => void finish(lastResponse.getHeader("X-File-Id")),
      onError: (error) => fail(failureOfError(error)),
    });
    tus.start();
  };

  // A lost answer here is one to the last piece, too: whoever asks again is told the same.
  const finish = async (fileId: string | undefined) => {
    if (!fileId) return fail({ kind: "interrupted" });
    const file = await getFile(fileId).catch(() => null);
    if (isStopped) return;
    if (file) events.done(file, false);
    else fail({ kind: "interrupted" });
  };

  start().catch(() => fail({ kind: "interrupted" }));
  return () => {
    isStopped = true;
    void tus?.abort();
  };
};

/** What to go on with: an answer to the very beginning may have been lost, and nobody wants to begin it twice. */
async function begun({ driveId, remoteId, source, isAgain, isTaken }: Sendable): Promise<string | null> {
  if (remoteId || !isAgain) return remoteId;
  const facts = factsOf(source);
  const isIt = (upload: Unfinished) =>
    upload.driveId === driveId && upload.offsetBytes === 0 && isSameFile(upload.facts, facts) && !isTaken(upload.id);
  return (await listUnfinished()).find(isIt)?.id ?? null;
}

function failureOfError(error: Error | DetailedError): Failure {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (!response) {
    // What cannot be read is no fault of the link: the file was moved, changed or deleted meanwhile.
    const isUnreadable = !("originalRequest" in error) || !error.originalRequest;
    return isUnreadable
      ? { kind: "refused", message: "The browser cannot read the file any more. Choose it again." }
      : { kind: "interrupted" };
  }
  return failureOf(response.getStatus(), response.getBody(), response.getHeader("Retry-After") ?? null);
}
