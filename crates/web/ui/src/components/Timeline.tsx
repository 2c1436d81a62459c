// The stages of a file, one under the other.
import { formatDateTime, formatDuration, formatTime, spanMs } from "../lib/format";
import type { Step } from "../lib/timeline";
import { Icon } from "./Icon";
import { ProgressBar } from "./ProgressBar";
import css from "./Timeline.module.css";

export function Timeline({ steps }: { steps: Step[] }) {
  const begin = steps[0]?.at;
  // What follows soon is told by how soon: clock times that differ by milliseconds all look the same.
  const when = (at: string) => {
    const after = spanMs(begin, at);
    return at !== begin && after !== null && after < 600_000 ? `+${formatDuration(after)}` : formatTime(at);
  };
  return (
    <ol className={css.line} aria-label="Stages">
      {steps.map(({ key, title, tone, note, at, took, fraction }) => (
        <li key={key} className={`${css.step} ${css[tone]}`}>
          <span className={css.mark} aria-hidden="true">
            {tone === "good" && <Icon name="check" size={11} />}
            {(tone === "bad" || tone === "warn") && <Icon name={tone === "bad" ? "close" : "alert"} size={10} />}
          </span>
          <div>
            <p className={css.title}>{title}</p>
            {note && <p className={css.note}>{note}</p>}
            {fraction !== undefined && (
              <div className={css.bar}>
                <ProgressBar label={title} value={fraction} tone="active" />
              </div>
            )}
          </div>
          <span className={`${css.when} num`}>
            {took
              ? `in ${took}`
              : at && (
                  <time dateTime={at} title={formatDateTime(at)}>
                    {when(at)}
                  </time>
                )}
          </span>
        </li>
      ))}
    </ol>
  );
}
