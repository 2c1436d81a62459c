// A labelled input with its hint and its error.
import { useId, type InputHTMLAttributes } from "react";
import css from "./Field.module.css";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  error?: string | null;
  large?: boolean;
}

export function Field({ label, hint, error, large, ...input }: Props) {
  const id = useId();
  return (
    <div className={`${css.field} ${large ? css.large : ""}`}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={css.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-note`}
        {...input}
      />
      <p id={`${id}-note`} className={error ? css.error : css.hint} hidden={!error && !hint}>
        {error || hint}
      </p>
    </div>
  );
}
