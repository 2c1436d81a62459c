// What is typed into the search, what is marked of it, and what was searched for before.
import type { TextPart } from "../api/types";
import { SPACELESS } from "./marks";

const HAS_SPACELESS = new RegExp(`[${SPACELESS}]`, "u");

/**
 * What is asked for while somebody types: a last word that may not be whole yet is looked for as it is and as the
 * beginning of longer ones. Within quotes and after a sign nothing is changed.
 */
export function asTyped(text: string): string {
  const quotes = text.match(/["“”„«»]/g)?.length ?? 0;
  const last = /(?:^|\s)([\p{L}\p{N}]{3,})$/u.exec(text)?.[1];
  if (quotes % 2 !== 0 || last === undefined || HAS_SPACELESS.test(last)) return text;
  return `${text} OR ${last}*`;
}

/** What was marked in a snippet, once each, as a search for the same words: those with spaces between are quoted. */
export function markedQuery(parts: TextPart[]): string {
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
