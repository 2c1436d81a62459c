// What is typed into the search, what is marked of it, and what was searched for before.
import type { TextPart } from "../api/types";

const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/**
 * What is asked for while somebody types: a last word that may not be whole yet is looked for as it is and as the
 * beginning of longer ones. Within quotes and after a sign nothing is changed.
 */
export function asTyped(text: string): string {
  const quotes = text.match(/["“”„«»]/g)?.length ?? 0;
  const last = /(?:^|\s)([\p{L}\p{N}]{3,})$/u.exec(text)?.[1];
  if (quotes % 2 !== 0 || last === undefined || SPACELESS.test(last)) return text;
  return `${text} OR ${last}*`;
}

/** What was marked in a snippet, once each, as a search for the same words: those with spaces between are quoted. */
export function markedWords(parts: TextPart[]): string {
  const words = parts.filter(({ isMarked }) => isMarked).map(({ text }) => text.trim());
  return [...new Set(words.filter(Boolean))].map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(" ");
}

/** The address of a file, at a page, with words marked. */
export function fileHref(id: string, page?: number, words = ""): string {
  const search = new URLSearchParams();
  if (page !== undefined) search.set("page", String(page));
  if (words) search.set("q", words);
  const text = search.toString();
  return `/files/${id}${text ? `?${text}` : ""}`;
}

/** Finds the words of a search in a text, in any case; nothing where there are none. */
export function wordsPattern(q: string): RegExp | null {
  const terms = [...q.matchAll(/["“„«]([^"“”„«»]+)["”“»]?|([^\s"“”„«»]+)/g)].map(([, quoted, word]) => quoted ?? word);
  const patterns = terms.flatMap((term) => {
    const isBeginning = term?.endsWith("*") ?? false;
    const words = (term ?? "")
      .replace(/\*+$/, "")
      .split(/\s+/)
      .filter((word) => /[\p{L}\p{N}]/u.test(word));
    if (words.length === 0 || term === "OR" || term?.startsWith("-")) return [];
    const body = words.map(escape).join("\\s+");
    if (SPACELESS.test(body)) return [body];
    return [`(?<![\\p{L}\\p{N}])${body}${isBeginning ? "[\\p{L}\\p{N}]*" : "(?![\\p{L}\\p{N}])"}`];
  });
  return patterns.length > 0 ? new RegExp(patterns.join("|"), "giu") : null;
}

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

const KEY = "pagespace.searches";
const MOST_RECENT = 8;

/** The newest first. */
export function recentSearches(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((q) => typeof q === "string").slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

export function rememberSearch(q: string): void {
  const text = q.trim();
  if (!text) return;
  store([text, ...recentSearches().filter((other) => other !== text)].slice(0, MOST_RECENT));
}

export const forgetSearches = () => store([]);

function store(searches: string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(searches));
  } catch {
    // Without storage nothing is remembered, and searching works.
  }
}
