// What was learned of a file's content, as rows of a name and a value for a person.
import type { StoredFile } from "../api/types";
import { formatDateTime, formatNumber, languageName } from "./format";

/** How a picture is stored, by its EXIF orientation; 1 is upright. */
const ORIENTATIONS: Record<number, string> = {
  2: "mirrored",
  3: "upside down",
  4: "upside down, mirrored",
  5: "on its side, mirrored",
  6: "on its side",
  7: "on its side, mirrored",
  8: "on its side",
};

const MAX_LISTED_PAGES = 40;

/** Only what is known and worth a row. */
export function factRows({ facts, outcome }: StoredFile): [name: string, value: string][] {
  const { width, height, orientation, created, modified } = facts;
  const rows: [string, string | null | undefined][] = [
    ["Title", facts.title],
    ["Author", facts.author],
    ["Written", created && formatDateTime(created)],
    ["Changed", modified && modified !== created ? formatDateTime(modified) : null],
    ["Dimensions", width && height ? `${formatNumber(width)} × ${formatNumber(height)} pixels` : null],
    ["Stored", orientation ? ORIENTATIONS[orientation] : null],
    ["Transparency", facts.alpha ? "yes" : null],
    ["Animation", facts.animated ? "yes; images show the first frame" : null],
    ["Pages", count(facts.pages)],
    ["Words", count(facts.words)],
    ["Characters", count(facts.characters)],
    ["Language", facts.language && languageName(facts.language)],
    ["Encoding", facts.encoding],
    ["Files inside", facts.attachments?.map(({ name }) => name).join(", ")],
    ["Without text", pageList(facts.pagesWithoutText ?? [])],
    ["Outcome", outcome?.sentence],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as [string, string]] : []));
}

const count = (value: number | null | undefined) => (value == null ? null : formatNumber(value));

function pageList(pages: number[]): string | null {
  if (pages.length === 0) return null;
  const more = pages.length > MAX_LISTED_PAGES ? ", …" : "";
  return `${pages.length === 1 ? "page" : "pages"} ${pages.slice(0, MAX_LISTED_PAGES).join(", ")}${more}`;
}
