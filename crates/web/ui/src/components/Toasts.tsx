// Short messages that go away by themselves, some with an undo.
import { createStore, useStore } from "../lib/store";
import css from "./Toasts.module.css";

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const toasts = createStore<Toast[]>([]);
let nextId = 1;

const dismiss = (id: number) => toasts.set((all) => all.filter((toast) => toast.id !== id));

export function toast(text: string, action?: Toast["action"]): void {
  const id = nextId++;
  toasts.set((all) => [...all.slice(-2), { id, text, ...(action ? { action } : {}) }]);
  setTimeout(() => dismiss(id), action ? 8_000 : 4_000);
}

export function Toasts() {
  const all = useStore(toasts);
  return (
    <div className={css.region} role="status" aria-live="polite">
      {all.map(({ id, text, action }) => (
        <div key={id} className={css.toast}>
          <span className={css.text}>{text}</span>
          {action && (
            <button
              type="button"
              className={css.action}
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" className={css.action} aria-label="Dismiss" onClick={() => dismiss(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
