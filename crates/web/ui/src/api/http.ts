// One way to ask the server: JSON in, JSON out, problem+json as an error with a sentence for a person.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** When the server says to ask again. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

let signedOut: () => void = () => {};

/** Says what to do when the server no longer knows us. */
export function onSignedOut(callback: () => void): void {
  signedOut = callback;
}

/** Whoever asks in another way than `request` has been told that the server no longer knows us. */
export const signedOutNow = () => signedOut();

/** The sentence for a failure, whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The server cannot be reached. Check the connection and try again.";
  return error instanceof Error ? error.message : "Something went wrong.";
}

/** The error a problem+json body stands for. */
export function parseProblem(status: number, body: string, retryAfter: string | null = null): ApiError {
  const retryAfterMs = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  const fallback =
    status >= 500 ? "The server had a problem. Try again in a moment." : `The server refused this (${status}).`;
  try {
    const { code, detail, title } = JSON.parse(body) as { code?: string; detail?: string; title?: string };
    return new ApiError(status, code ?? "unknown", asSentence(detail || title || fallback), retryAfterMs);
  } catch {
    return new ApiError(status, "unknown", fallback, retryAfterMs);
  }
}

// The server's details are clauses for logs and programs too: `there is no such file`.
function asSentence(words: string): string {
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

interface Options {
  body?: unknown;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string>;
}

/** Sends a request and gives the answer back unread; throws an ApiError for anything but 2xx. */
export async function request(
  method: string,
  path: string,
  { body, signal, headers }: Options = {},
): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, {
    method,
    credentials: "same-origin",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (response.ok) return response;
  const error = parseProblem(response.status, await response.text(), response.headers.get("retry-after"));
  if (error.status === 401 && path !== "/session") signedOut();
  throw error;
}

/** Sends a request and reads the JSON answer, or nothing from a 204. */
export async function requestJson<T>(method: string, path: string, options?: Options): Promise<T> {
  const response = await request(method, path, options);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A query string without the empty parts. */
export function queryString(params: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}
