// What is known of a file, in human words.
import type { ReactNode } from "react";
import type { StoredFile } from "../api/types";
import { formatBytes, formatDateTime, formatNumber, languageName } from "../lib/format";
import { CopyButton } from "./CopyButton";
import { Notice } from "./Notice";
import css from "./FactList.module.css";

const TURNED: Record<number, string> = {
  2: "mirrored",
  3: "upside down",
  4: "upside down, mirrored",
  5: "on its side, mirrored",
  6: "on its side",
  7: "on its side, mirrored",
  8: "on its side",
};

export function FactList({ file }: { file: StoredFile }) {
  const { facts } = file;
  const rows: [string, ReactNode][] = [
    ["Name", file.name],
    ["Size", `${formatBytes(file.sizeBytes)} (${formatNumber(file.sizeBytes)} bytes)`],
    ["Type", file.format ? `${file.format.toUpperCase()} (${file.mime})` : file.mime],
    [
      "Added",
      <time key="added" dateTime={file.createdAt}>
        {formatDateTime(file.createdAt)}
      </time>,
    ],
  ];
  const add = (name: string, value: ReactNode) =>
    value !== undefined && value !== null && value !== "" && rows.push([name, value]);
  add("Title", facts.title);
  add("Author", facts.author);
  add("Written", facts.created && formatDateTime(facts.created));
  add("Changed", facts.modified && facts.modified !== facts.created && formatDateTime(facts.modified));
  add("Language", facts.language);
  add(
    "Dimensions",
    facts.width && facts.height && `${formatNumber(facts.width)} × ${formatNumber(facts.height)} pixels`,
  );
  add("Stored", facts.orientation && TURNED[facts.orientation]);
  add("Transparency", facts.alpha && "yes");
  add("Animation", facts.animated && "yes; images show the first frame");
  add("Pages", facts.pages && formatNumber(facts.pages));
  add("Words", facts.words && formatNumber(facts.words));
  add("Characters", facts.characters && formatNumber(facts.characters));
  add("Language", facts.language && languageName(facts.language));
  add("Encoding", facts.encoding);
  add("Files inside", facts.attachments?.map(({ name }) => name).join(", "));
  const without = facts.pagesWithoutText ?? [];
  const numbers = `${without.slice(0, 40).join(", ")}${without.length > 40 ? ", …" : ""}`;
  add("Without text", without.length > 0 ? `${without.length === 1 ? "page" : "pages"} ${numbers}` : null);
  add("Outcome", file.outcome?.sentence);
  rows.push([
    "SHA-256",
    <span key="hash" className={css.hash}>
      <code>{file.contentHash}</code>
      <CopyButton label="Copy the hash" text={file.contentHash} />
    </span>,
  ]);
  return (
    <>
      {file.warnings.length > 0 && (
        <div className={css.notices}>
          {file.warnings.map(({ code, message }) => (
            <Notice key={code + message} tone="warn">
              {message}
            </Notice>
          ))}
        </div>
      )}
      <dl className={css.facts}>
        {rows.flatMap(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
    </>
  );
}
