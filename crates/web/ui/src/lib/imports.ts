// What is said of files that are fetched by link, and which text is a link.
import type { Import } from "../api/types";
import { formatBytes } from "./format";

/** The link that a pasted text is, and nothing else beside it. */
export function linkOf(text: string): string | null {
  const link = text.trim();
  if (!/^https?:\/\/\S+$/i.test(link)) return null;
  return URL.canParse(link) ? link : null;
}

/** "Fetching report.pdf: 1.2 MB of 8.0 MB". */
export function importWords({ url, state, receivedBytes, lengthBytes, error }: Import): string {
  const name = linkName(url);
  if (state === "failed") return `${name} was not fetched. ${error ?? ""}`.trim();
  if (state === "waiting") return error ? `Waiting to fetch ${name} again. ${error}` : `Waiting to fetch ${name}`;
  const all = lengthBytes ? ` of ${formatBytes(lengthBytes)}` : "";
  return `Fetching ${name}${receivedBytes > 0 ? `: ${formatBytes(receivedBytes)}${all}` : ""}`;
}

/** How far it is, from 0 to 1; nothing where nobody knows. */
export function importShare({ receivedBytes, lengthBytes }: Import): number | null {
  return lengthBytes ? receivedBytes / lengthBytes : null;
}

/** What a link leads to, in few words: the end of its path, or its host. */
function linkName(url: string): string {
  const { host, pathname } = new URL(url);
  const last = pathname.split("/").filter(Boolean).at(-1);
  if (!last) return host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
