// A small plot of the last hour: its newest value in words, and one or two lines.
import { HOUR_MS, plotLines, plotMax, type PlotPoint } from "../lib/plot";
import css from "./Plot.module.css";

interface Props {
  title: string;
  /** The line, and behind it a fainter one. */
  points: PlotPoint[];
  faint?: PlotPoint[];
  /** What is at the top at least. */
  least: number;
  /** A limit to draw, if it is in sight. */
  limit?: number;
  format: (value: number) => string;
  /** Where the plot ends, in milliseconds since 1970. */
  now: number;
}

export function Plot({ title, points, faint = [], least, limit, format, now }: Props) {
  const seen = [...points, ...faint].filter(({ at }) => at >= now - HOUR_MS);
  const max = plotMax(
    seen.map(({ value }) => value),
    least,
  );
  const newest = points.findLast(({ value }) => value !== null)?.value ?? null;
  const words = newest === null ? "nothing yet" : format(newest);
  return (
    <figure className={css.plot}>
      <figcaption className={css.caption}>
        <span className="truncate">{title}</span>
        <strong className="num">{words}</strong>
      </figcaption>
      <svg
        className={css.lines}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${words}`}
      >
        {limit !== undefined && limit <= max && (
          <path className={css.limit} d={`M0 ${100 - (limit / max) * 100}H100`} />
        )}
        {plotLines(faint, max, now).map((d) => (
          <path key={d} className={css.faint} d={d} />
        ))}
        {plotLines(points, max, now).map((d) => (
          <path key={d} className={css.line} d={d} />
        ))}
      </svg>
      <div className={`${css.axis} num`} aria-hidden="true">
        <span>an hour ago</span>
        <span>top {format(max)}</span>
        <span>now</span>
      </div>
    </figure>
  );
}
