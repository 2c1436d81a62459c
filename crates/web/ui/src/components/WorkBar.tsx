// A bar of work that goes on behind the page: what each is about, how far it is, and its end before its time.
import type { ReactNode } from "react";
import { errorMessage } from "../api/http";
import { Button } from "./Button";
import { ProgressBar } from "./ProgressBar";
import { toast } from "./Toasts";
import css from "./WorkBar.module.css";

export function WorkBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={css.bar} aria-label={label}>
      {children}
    </section>
  );
}

interface Props {
  words: string;
  /** What the words are short for. */
  title?: string;
  /** How far it is, where anybody knows; nothing at all for what has failed. */
  progress: { label: string; value: number | null } | null;
  cancel: () => Promise<unknown>;
  /** Asks how things are after that, also when it was refused. */
  refresh: () => void;
  /** Takes what has failed off the bar. */
  onDismiss?: () => void;
  /** What the row is known by. */
  [data: `data-${string}`]: string;
}

export function WorkRow({ words, title, progress, cancel, refresh, onDismiss, ...data }: Props) {
  const end = async () => {
    try {
      await cancel();
    } catch (error) {
      toast(errorMessage(error));
    }
    refresh();
  };
  return (
    <div className={css.row} {...data}>
      <div className={css.grow}>
        <p className="num" role={progress ? undefined : "alert"} title={title}>
          {words}
        </p>
        {progress && <ProgressBar {...progress} tone="active" />}
      </div>
      {progress ? (
        <Button variant="ghost" small icon="stop" onPress={() => void end()}>
          Cancel
        </Button>
      ) : (
        <Button variant="ghost" small icon="close" aria-label="Dismiss" onPress={onDismiss} />
      )}
    </div>
  );
}
