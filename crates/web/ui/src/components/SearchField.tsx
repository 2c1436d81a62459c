// The search of a library, by name.
import { useEffect, useRef, useState } from "react";
import { Icon } from "./Icon";
import css from "./SearchField.module.css";

const TYPING_PAUSE_MS = 200;

/** Changes a moment after the last key, so that not every letter is a request. */
export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), TYPING_PAUSE_MS);
  };
  return (
    <div className={css.search}>
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search by name"
        placeholder="Search by name"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}
