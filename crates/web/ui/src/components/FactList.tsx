// What is known of a file, in human words.
import type { ReactNode } from "react";
import type { StoredFile } from "../api/types";
import { factRows } from "../lib/facts";
import { formatBytes, formatDateTime, formatNumber } from "../lib/format";
import { CopyButton } from "./CopyButton";
import { Notice } from "./Notice";
import css from "./FactList.module.css";

export function FactList({ file }: { file: StoredFile }) {
  const added = <time dateTime={file.createdAt}>{formatDateTime(file.createdAt)}</time>;
  const hash = (
    <span className={css.hash}>
      <code>{file.contentHash}</code>
      <CopyButton label="Copy the hash" text={file.contentHash} />
    </span>
  );
  const rows: [string, ReactNode][] = [
    ["Name", file.name],
    ["Size", `${formatBytes(file.sizeBytes)} (${formatNumber(file.sizeBytes)} bytes)`],
    ["Type", file.format ? `${file.format.toUpperCase()} (${file.mime})` : file.mime],
    ["Added", added],
    ...factRows(file),
    ["SHA-256", hash],
  ];
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
