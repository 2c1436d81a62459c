// A state: a dot and a short label.
import type { StoredFile } from "../api/types";
import { statusOf, type Tone } from "../lib/labels";
import { useProgress } from "./LiveProvider";
import css from "./Badge.module.css";

export function Badge({ tone, children, pill }: { tone: Tone; children: string; pill?: boolean }) {
  return (
    <span className={`${css.badge} ${css[tone]} ${pill ? css.pill : ""}`}>
      <span className={css.dot} aria-hidden="true" />
      <span className={css.label}>{children}</span>
    </span>
  );
}

/** A file's state, with the stage it is in as it happens. */
export function FileBadge({ file, pill }: { file: StoredFile; pill?: boolean }) {
  const { label, tone } = statusOf(file, useProgress(file.id));
  return (
    <Badge tone={tone} {...(pill ? { pill } : {})}>
      {label}
    </Badge>
  );
}
