// The shape of what is being loaded, so that nothing jumps when it comes.
import css from "./Skeleton.module.css";

export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number | string }) {
  return <div className={css.skeleton} style={{ width, height }} aria-hidden="true" />;
}
