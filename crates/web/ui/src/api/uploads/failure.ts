// What ends a try to send a file, by what can be done about it.
import { parseProblem, signedOutNow } from "../http";

export type Failure =
  /** The connection broke, or somebody else's request has the upload: tried again for as long as it takes. */
  | { kind: "interrupted" }
  /** The server had a problem: tried again, but not for ever. */
  | { kind: "faulty"; message: string }
  /** The server has too much to do and says for how long: nothing is sent meanwhile. */
  | { kind: "busy"; afterMs: number }
  /** The server knows nothing of it any more: what was begun is begun anew. */
  | { kind: "gone"; message: string }
  /** Something between us and the server takes no request as large as that. */
  | { kind: "too-large-request" }
  | { kind: "refused"; message: string };

/** How long the server may take to notice that an earlier try has gone. */
const NOTICE_MS = 5_000;
/** What passes by itself, as proxies and the server have it. */
const PASSING = new Set([408, 500, 502, 503, 504]);

/** What an answer that is no success means. `retryAfter` is its header. */
export function failureOf(status: number, body: string, retryAfter: string | null): Failure {
  const error = parseProblem(status, body, retryAfter);
  if (status === 401) signedOutNow();
  if (error.code === "idempotency-key-in-use") return { kind: "busy", afterMs: NOTICE_MS };
  if (status === 409 && error.code !== "offset-mismatch" && error.code !== "unknown")
    return { kind: "refused", message: error.message };
  if (status === 409 || status === 423) return { kind: "interrupted" };
  if (status === 404 || status === 410) return { kind: "gone", message: error.message };
  // Ours would say why.
  if (status === 413 && error.code === "unknown") return { kind: "too-large-request" };
  if ((status === 429 || status === 503) && error.retryAfterMs !== null)
    return { kind: "busy", afterMs: error.retryAfterMs };
  if (PASSING.has(status)) return { kind: "faulty", message: error.message };
  return { kind: "refused", message: error.message };
}
