// How far something has come; without a value, that it is under way.
import type { Tone } from "../lib/labels";
import css from "./ProgressBar.module.css";

export function ProgressBar({ label, value, tone = "good" }: { label: string; value: number | null; tone?: Tone }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={`${css.track} ${css[tone] ?? ""} ${value === null ? css.indeterminate : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className={css.bar} style={percent === undefined ? {} : { width: `${percent}%` }} />
    </div>
  );
}
