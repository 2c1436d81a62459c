// Where the words of a search stand: in a text, and among the words of a page. What the server finds by their stems is
// found here by their beginnings, and nothing more is claimed: it only says what to mark.
import type { TextPart } from "../api/types";

/** Words in a row. */
export interface Needle {
  words: string[];
  /** Other endings of the word are it, too. */
  isLoose: boolean;
  /** The last word is only a beginning. */
  isPrefix: boolean;
}

interface Token {
  /** A word without its accents, in small letters. */
  text: string;
  /** Where it is in the text. */
  from: number;
  to: number;
}

interface PlacedWord {
  text: string;
  isDivided?: boolean | null;
}

/** More is no search, and each is looked for at every word. */
const MAX_NEEDLES = 20;

/** Letters of scripts without spaces between words; in Korean, too, the server finds words by parts of them. */
export const SPACELESS = ["Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Myanmar", "Khmer"]
  .map((script) => `\\p{Script=${script}}`)
  .join("");
const WORD = new RegExp(`[${SPACELESS}]\\p{M}*|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}])+`, "gu");

/** Accents; in scripts without spaces such signs are vowels and tones. */
const ACCENT = new RegExp(`(?![${SPACELESS}])\\p{M}`, "gu");

const fold = (text: string) => text.normalize("NFKD").replace(ACCENT, "").toLowerCase().replaceAll("ß", "ss");

/** The words of a text. In scripts without spaces each character is one. */
function tokens(text: string): Token[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    text: fold(word),
    from: index,
    to: index + word.length,
  }));
}

/** What a search looks for: words, "words in a row", begin*; not what it leaves out (-word) or OR. */
export function needles(query: string): Needle[] {
  const found: Needle[] = [];
  for (const [, minus, quoted, bare] of query.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const text = quoted ?? bare ?? "";
    const words = tokens(text).map((token) => token.text);
    if (minus || text === "OR" || words.length === 0) continue;
    found.push({ words, isLoose: quoted === undefined && words.length === 1, isPrefix: text.endsWith("*") });
  }
  return found.slice(0, MAX_NEEDLES);
}

/** The words in a row of a text that somebody has selected. */
export const phrase = (text: string): Needle[] => needles(`"${text.replaceAll('"', " ")}"`);

/** Which of the words are sought, by their places in the list. */
function matches(words: string[], sought: Needle[]): Set<number> {
  const found = new Set<number>();
  for (const needle of sought) {
    const last = needle.words.length - 1;
    for (let at = 0; at + last < words.length; at += 1) {
      const fits = needle.words.every((word, index) => isSame(words[at + index] ?? "", word, needle, index === last));
      if (fits) needle.words.forEach((_, index) => found.add(at + index));
    }
  }
  return found;
}

function isSame(word: string, sought: string, { isLoose, isPrefix }: Needle, isLast: boolean): boolean {
  if (word === sought || (isPrefix && isLast && word.startsWith(sought))) return true;
  if (!isLoose || isPrefix) return false;
  let same = 0;
  while (same < word.length && word[same] === sought[same]) same += 1;
  const [short, long] = [word.length - same, sought.length - same].sort((one, other) => one - other) as [
    number,
    number,
  ];
  return (same >= 4 && short === 0 && long <= 2) || (same >= 5 && short <= 1 && long <= 3);
}

/** The parts of a text to be marked: from and to, in order. */
export function ranges(text: string, sought: Needle[]): [number, number][] {
  const all = sought.length > 0 ? tokens(text) : [];
  const found = matches(
    all.map((token) => token.text),
    sought,
  );
  return all.flatMap(({ from, to }, index) => (found.has(index) ? [[from, to] as [number, number]] : []));
}

/** A text in parts, of which those that are sought are marked. */
export function markedParts(text: string, sought: Needle[]): TextPart[] {
  let end = 0;
  const parts = ranges(text, sought).flatMap(([from, to]) => {
    const before = { text: text.slice(end, from), isMarked: false };
    end = to;
    return [before, { text: text.slice(from, to), isMarked: true }];
  });
  return [...parts, { text: text.slice(end), isMarked: false }].filter((part) => part.text !== "");
}

/** Which words of a page are to be marked, by their places in the list; both parts of one that a line's end divides. */
export function markedWords(words: PlacedWord[], sought: Needle[]): Set<number> {
  const texts: string[] = [];
  const places: number[][] = [];
  let begun = false;
  if (sought.length > 0)
    for (const [index, word] of words.entries()) {
      for (const [part, { text }] of tokens(word.text).entries()) {
        if (begun && part === 0) {
          texts[texts.length - 1] += text;
          places.at(-1)?.push(index);
        } else {
          texts.push(text);
          places.push([index]);
        }
      }
      begun = word.isDivided === true && texts.length > 0;
    }
  return new Set([...matches(texts, sought)].flatMap((found) => places[found] ?? []));
}
