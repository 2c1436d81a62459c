// Whether changes appear as they happen.
import { useConnection } from "./LiveProvider";
import css from "./Shell.module.css";

const LABELS = { connecting: "Connecting…", open: "Live", reconnecting: "Reconnecting…" } as const;

export function ConnectionStatus() {
  const state = useConnection();
  return (
    <div
      className={css.status}
      role="status"
      data-connection={state}
      title={state === "open" ? "Changes appear as they happen" : "Changes appear a little later"}
    >
      <span className={css.dot} data-state={state} aria-hidden="true" />
      <span>{LABELS[state]}</span>
    </div>
  );
}
